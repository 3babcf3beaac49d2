// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include "form.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

namespace slipway::load {

void die(const std::string& message) {
    std::cerr << "load: " << message << '\n';
    std::exit(2);
}

namespace {

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        die("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// What the options say of a body, put together when all have been read.
struct BodyOptions {
    std::string block;
    std::optional<std::size_t> size;  // the block is repeated or cut to so many bytes
    std::string category = "bench";   // of a form
};

Body make_body(const Options& o, BodyOptions said) {
    const std::size_t size = said.size.value_or(said.block.size());
    if (o.form_files > 0)
        return make_form(said.category, o.form_files, said.block, size);
    Body body;
    const std::string_view kept = body.keep(std::move(said.block));
    body.append_repeated(kept, size);
    return body;
}

}  // namespace

Options parse_options(int argc, char** argv) {
    Options o;
    BodyOptions body;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (name == "--repeat") {
            o.repeat = true;
            continue;
        }
        if (++i >= argc)
            die(name + " needs a value");
        const std::string value = argv[i];
        if (name == "--port")
            o.port = static_cast<std::uint16_t>(std::stoul(value));
        else if (name == "--connections")
            o.connections = std::stoul(value);
        else if (name == "--threads")
            o.threads = std::stoul(value);
        else if (name == "--seconds")
            o.seconds = std::stod(value);
        else if (name == "--requests")
            o.requests_max = std::stoull(value);
        else if (name == "--rate")
            o.rate = std::stod(value);
        else if (name == "--tickets")
            o.tickets = std::stoul(value);
        else if (name == "--token")
            o.token = value;
        else if (name == "--prefix")
            o.prefix = value;
        else if (name == "--method")
            o.method = value;
        else if (name == "--body")
            body.block = read_file(value);
        else if (name == "--body-bytes")
            body.size = std::stoull(value);
        else if (name == "--form-files")
            o.form_files = std::stoul(value);
        else if (name == "--keys")
            o.keys = std::stoul(value);
        else if (name == "--category")
            body.category = value;
        else if (name == "--etag")
            o.etag = value;
        else if (name == "--paths") {
            std::ifstream in(value);
            for (std::string line; std::getline(in, line);)
                o.paths.push_back(line);
        } else
            die("unknown option " + name);
    }
    if (o.port == 0)
        die("--port is needed");
    if (o.tickets == 0 && o.paths.empty())
        die("--tickets or a file of --paths is needed");
    if (o.threads == 0 || o.connections < o.threads)
        die("fewer connections than threads");
    o.body = make_body(o, std::move(body));
    if (o.form_files > 0 && o.body.size() == 0)
        die("a form needs a --body");
    return o;
}

}  // namespace slipway::load
