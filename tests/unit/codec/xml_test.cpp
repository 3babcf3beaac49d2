// SPDX-License-Identifier: Apache-2.0
#include "codec/xml.h"

#include <gtest/gtest.h>

namespace slipway::codec {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_xml_escaped(out, text);
    return out;
}

TEST(XmlWriter, WritesADocument) {
    std::string out;
    XmlWriter xml(out);
    xml.open("Root", "http://example.test/\"ns\"");
    xml.element("Name", "a<b");
    xml.element("Size", std::uint64_t{42});
    xml.boolean("Last", true);
    xml.close("Root");
    EXPECT_EQ(out,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<Root xmlns=\"http://example.test/&quot;ns&quot;\"><Name>a&lt;b</Name>"
              "<Size>42</Size><Last>true</Last></Root>");
}

TEST(XmlWriter, EscapesAndRepairs) {
    EXPECT_EQ(escaped("<a href=\"x\">&'</a>"), "&lt;a href=&quot;x&quot;&gt;&amp;'&lt;/a&gt;");
    EXPECT_EQ(escaped("\r\n\t\x01"), "&#xd;\n\t&#x1;");
    EXPECT_EQ(escaped("\u00fc\xff\U0001f600"), "\u00fc\ufffd\U0001f600");
}

TEST(Xml, TextsSurviveWritingAndReading) {
    for (const std::string_view text : {"plain", " ", "  two  ", "a\r\nb\rc\nd", "<&>\"'",
                                        "\u00fc\U0001f600", "]]>", "\x01\x1f"}) {
        std::string out;
        XmlWriter xml(out);
        xml.open("Root");
        xml.element("Text", text);
        xml.close("Root");
        EXPECT_EQ(parse_xml(out).value().root().child_text("Text"), text);
    }
}

TEST(Xml, FindsChildrenWithAndWithoutPrefix) {
    const XmlDocument document =
        parse_xml(
            "<?xml version='1.0'?><!-- c --><s3:Delete xmlns:s3='u'><s3:Object><s3:Key>a</s3:Key>"
            "</s3:Object><Object><Key>b<!-- c "
            "--><![CDATA[<c>]]></Key></Object><Other/></s3:Delete>")
            .value();
    const XmlElement root = document.root();
    EXPECT_EQ(root.name(), "Delete");
    ASSERT_EQ(root.children("Object").size(), 2U);
    EXPECT_EQ(root.children().size(), 3U);
    EXPECT_EQ(root.children("Object")[0].child_text("Key"), "a");
    EXPECT_EQ(root.children("Object")[1].child_text("Key"), "b<c>");
    EXPECT_FALSE(root.child("Missing"));
    EXPECT_EQ(root.child("Missing").child("Deeper").text(), "");
}

TEST(Xml, RefusesDocumentTypes) {
    const auto bomb = parse_xml(
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><a>&lol2;</a>");
    ASSERT_FALSE(bomb);
    EXPECT_EQ(bomb.error().code, "MalformedXML");
    EXPECT_NE(bomb.error().message.find("document type"), std::string::npos);
    EXPECT_FALSE(parse_xml("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"));
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
    for (const std::string_view text : {"", "   ", "text", "<a>", "<a></b>", "<a/><b/>",
                                        "<a>\xff</a>", "<a b></a>", "<a><b></a></b>"}) {
        const auto parsed = parse_xml(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, "MalformedXML") << text;
    }
    EXPECT_FALSE(parse_xml(std::string_view("<a>\0</a>", 8)));
}

TEST(Xml, StopsAtItsLimits) {
    const auto nested = [](std::size_t depth) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i) {
            text += "<a>";
        }
        for (std::size_t i = 0; i < depth; ++i) {
            text += "</a>";
        }
        return text;
    };
    EXPECT_TRUE(parse_xml(nested(limits::xml_depth_max)));
    EXPECT_FALSE(parse_xml(nested(limits::xml_depth_max + 1)));
    EXPECT_FALSE(parse_xml(nested(200'000)));
    EXPECT_EQ(parse_xml("<a></a>", XmlLimits{.bytes_max = 6}).error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace slipway::codec
