/* xml_text: refuses texts that would not be the same after a way through libvirt's XML.
 *
 * XML has no control characters, and libvirt drops them. In an attribute of XML, libvirt writes
 * line breaks and tabs without an escape, so that they come back as spaces. A key of a map may be
 * the name of an element. */
#pragma once

#include "schema.h"

/* The text_check of a schema. Secrets and texts without a binding may have line breaks. */
Str xml_text_check(const Attribute *attribute, Str text, bool is_key, Arena *arena);
