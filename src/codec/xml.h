// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/limits.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pugi {
struct xml_node_struct;
}

namespace slipway::codec {

/// Writes XML to the end of a string. Names are trusted, texts are escaped.
///
/// A control character that XML 1.0 cannot carry becomes a numeric reference, as S3 writes it
/// (clients avoid that by encoding-type=url); a byte that is not UTF-8 becomes U+FFFD.
class XmlWriter {
  public:
    /// Starts the document: `<?xml version="1.0" encoding="UTF-8"?>`.
    explicit XmlWriter(std::string& out);

    void open(std::string_view name);
    /// Opens the root element in a default namespace.
    void open(std::string_view name, std::string_view xmlns);
    void close(std::string_view name);

    void element(std::string_view name, std::string_view text);
    void element(std::string_view name, std::uint64_t number);
    void element(std::string_view name, const char* text) { element(name, std::string_view(text)); }
    void boolean(std::string_view name, bool value) { element(name, value ? "true" : "false"); }

  private:
    std::string& out_;
};

/// Appends `text` so that it stands between tags or in an attribute.
void append_xml_escaped(std::string& out, std::string_view text);

/// An element of a parsed document; null for what is not there. Valid as long as its XmlDocument.
class XmlElement {
  public:
    XmlElement() = default;
    explicit XmlElement(pugi::xml_node_struct* node) : node_(node) {}

    explicit operator bool() const { return node_ != nullptr; }
    /// Without a namespace prefix.
    std::string_view name() const;
    /// The text directly inside, white space kept.
    std::string text() const;
    /// The first child element of that name.
    XmlElement child(std::string_view name) const;
    /// The text of that child, empty when there is none.
    std::string child_text(std::string_view name) const;
    std::vector<XmlElement> children() const;
    std::vector<XmlElement> children(std::string_view name) const;

  private:
    pugi::xml_node_struct* node_ = nullptr;
};

class XmlDocument {
  public:
    XmlDocument(XmlDocument&&) noexcept;
    XmlDocument& operator=(XmlDocument&&) noexcept;
    ~XmlDocument();

    XmlElement root() const;

  private:
    friend struct XmlParser;
    struct Document;
    explicit XmlDocument(std::unique_ptr<Document> document);
    std::unique_ptr<Document> document_;
};

struct XmlLimits {
    std::size_t bytes_max = limits::xml_bytes_max;
    std::size_t depth_max = limits::xml_depth_max;
};

/// Reads a UTF-8 document. Document types are refused, so there are no entities but the five of
/// XML.
///
/// Errors: invalid_argument `MalformedXML` with the byte offset; too_large.
Result<XmlDocument> parse_xml(std::string_view text, XmlLimits limits = {});

}  // namespace slipway::codec
