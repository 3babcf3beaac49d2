// SPDX-License-Identifier: Apache-2.0
#include "codec/xml.h"

#include "codec/utf8.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <string>

namespace slipway::codec {

// --- writing -------------------------------------------------------------------------------------

void append_xml_escaped(std::string& out, std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const char c = text[i];
        const std::size_t length = utf8_sequence_bytes(text.substr(i));
        if (length == 0) {
            out += utf8_replacement;
            ++i;
            continue;
        }
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '"') {
            out += "&quot;";
        } else if (length == 1 && static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
            out +=
                fmt::format("&#x{:x};", static_cast<unsigned>(c));  // \r too: it would read as \n
        } else {
            out.append(text, i, length);
        }
        i += length;
    }
}

XmlWriter::XmlWriter(std::string& out) : out_(out) {
    out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
}

void XmlWriter::open(std::string_view name) {
    out_ += '<';
    out_ += name;
    out_ += '>';
}

void XmlWriter::open(std::string_view name, std::string_view xmlns) {
    out_ += '<';
    out_ += name;
    out_ += " xmlns=\"";
    append_xml_escaped(out_, xmlns);
    out_ += "\">";
}

void XmlWriter::close(std::string_view name) {
    out_ += "</";
    out_ += name;
    out_ += '>';
}

void XmlWriter::element(std::string_view name, std::string_view text) {
    open(name);
    append_xml_escaped(out_, text);
    close(name);
}

void XmlWriter::element(std::string_view name, std::uint64_t number) {
    open(name);
    fmt::format_to(std::back_inserter(out_), "{}", number);
    close(name);
}

// --- reading -------------------------------------------------------------------------------------

namespace {

std::string_view local_name(pugi::xml_node node) {
    const std::string_view name = node.name();
    const auto colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_element(pugi::xml_node node) {
    return node.type() == pugi::node_element;
}

/// Walks without recursion, as the depth is what is in question.
bool deeper_than(pugi::xml_node root, std::size_t depth_max) {
    std::size_t depth = 0;
    pugi::xml_node node = root;
    while (true) {
        if (node.first_child()) {
            node = node.first_child();
            if (++depth > depth_max) {
                return true;
            }
            continue;
        }
        while (node != root && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        if (node == root) {
            return false;
        }
        node = node.next_sibling();
    }
}

tl::unexpected<Error> malformed(std::string detail) {
    return fail(ErrorKind::invalid_argument, std::move(detail), "MalformedXML");
}

}  // namespace

struct XmlDocument::Document {
    pugi::xml_document tree;
};

XmlDocument::XmlDocument(std::unique_ptr<Document> document) : document_(std::move(document)) {
}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

XmlElement XmlDocument::root() const {
    return XmlElement(document_->tree.document_element().internal_object());
}

std::string_view XmlElement::name() const {
    return local_name(pugi::xml_node(node_));
}

std::string XmlElement::text() const {
    std::string text;
    for (const pugi::xml_node child : pugi::xml_node(node_).children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
            text += child.value();
        }
    }
    return text;
}

XmlElement XmlElement::child(std::string_view name) const {
    for (const pugi::xml_node child : pugi::xml_node(node_).children()) {
        if (is_element(child) && local_name(child) == name) {
            return XmlElement(child.internal_object());
        }
    }
    return XmlElement();
}

std::string XmlElement::child_text(std::string_view name) const {
    return child(name).text();
}

std::vector<XmlElement> XmlElement::children() const {
    std::vector<XmlElement> found;
    for (const pugi::xml_node child : pugi::xml_node(node_).children()) {
        if (is_element(child)) {
            found.emplace_back(child.internal_object());
        }
    }
    return found;
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    std::vector<XmlElement> found = children();
    std::erase_if(found, [name](const XmlElement& child) { return child.name() != name; });
    return found;
}

struct XmlParser {
    static Result<XmlDocument> parse(std::string_view text, XmlLimits limits) {
        if (text.size() > limits.bytes_max) {
            return fail(ErrorKind::too_large,
                        fmt::format("the XML document has {} bytes; at most {} are read",
                                    text.size(), limits.bytes_max));
        }
        // pugixml takes UTF-8 on trust and ends texts with NUL.
        if (!valid_utf8(text) || text.find('\0') != std::string_view::npos) {
            return malformed("the XML document is not valid UTF-8 text");
        }
        // parse_doctype: keeps document types in the tree, where they are seen and refused.
        // parse_ws_pcdata_single: a key may be a single space.
        constexpr unsigned options =
            pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single;
        auto document = std::make_unique<XmlDocument::Document>();
        const pugi::xml_parse_result parsed =
            document->tree.load_buffer(text.data(), text.size(), options, pugi::encoding_utf8);
        if (!parsed) {
            return malformed(fmt::format("the XML document is not well-formed at byte {}: {}",
                                         parsed.offset, parsed.description()));
        }
        std::size_t roots = 0;
        for (const pugi::xml_node node : document->tree.children()) {
            if (node.type() == pugi::node_doctype) {
                return malformed("the XML document has a document type, which is not accepted");
            }
            roots += static_cast<std::size_t>(is_element(node));
        }
        if (roots != 1) {
            return malformed(fmt::format("the XML document has {} root elements, not one", roots));
        }
        if (deeper_than(document->tree, limits.depth_max)) {
            return malformed(
                fmt::format("the XML document is nested deeper than {}", limits.depth_max));
        }
        return XmlDocument(std::move(document));
    }
};

Result<XmlDocument> parse_xml(std::string_view text, XmlLimits limits) {
    return XmlParser::parse(text, limits);
}

}  // namespace slipway::codec
