/* xml_text: the characters of XML 1.0, by the place of the text. */
#include "xml_text.h"

#include "utf8.h"
#include "xml_map.h"

static bool is_attribute(const XmlBinding *binding) {
    if (!binding || !binding->path)
        return false;
    const char *last = strrchr(binding->path, '/');
    return (last ? last[1] : binding->path[0]) == '@';
}

/* Names of elements that libvirt uses: letters, digits, "-", "_" and ".". */
static bool is_element_name(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.')))
            return false;
    }
    return text.len > 0;
}

static bool text_is_refused(uint32_t c, bool is_in_attribute) {
    if (c == '\t' || c == '\n')
        return is_in_attribute;
    return c < 0x20 || c == 0xfffe || c == 0xffff;
}

Str xml_text_check(const Attribute *attribute, Str text, bool is_key, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    if (!binding && (attribute->flags & SENSITIVE))
        return STR_EMPTY;
    if (is_key && binding && binding->form == XML_STATES && !is_element_name(text))
        return str_format(arena,
                          "The key \"%.*s\" must consist of letters, digits, \"-\", \"_\" and "
                          "\".\", and begin with a letter: it is the name of an XML element.",
                          STR_ARG(utf8_strip_controls(text, arena)));
    bool is_in_attribute = is_key || is_attribute(binding);
    for (size_t i = 0, width = 0; i < text.len; i += width) {
        uint32_t c = utf8_decode(text, i, &width);
        if (!text_is_refused(c, is_in_attribute))
            continue;
        if (c == '\t' || c == '\n')
            return str_format(arena, "It contains a %s, which libvirt does not keep here.",
                              c == '\t' ? "tab" : "line break");
        return str_format(arena, "It contains the character U+%04X, which XML cannot contain.",
                          (unsigned)c);
    }
    return STR_EMPTY;
}
