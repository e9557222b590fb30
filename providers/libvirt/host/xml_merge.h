/* xml_merge: the argument "xml_merge" of machines and networks: XML elements that are merged into
 * the definition of the object, for settings that have no argument.
 *
 *     xml_merge = [{path = "devices", xml = "<hub type='usb'/>", mode = "append"}]
 *
 *    merge    sets attributes, texts and children of the first element of that name, or adds it
 *    append   adds the element unless a matching one exists
 *    remove   removes the first matching element
 *
 * An element matches if it contains the name, attributes, text and children of the item. */
#pragma once

#include "xml_map.h"

#define XML_MERGE_COUNT 3
extern const Attribute xml_merge_attributes[XML_MERGE_COUNT];

/* The row of "xml_merge" in an attribute table. */
#define XML_MERGE_ROW                                                                              \
    {                                                                                              \
        "xml_merge", NULL, OPTIONAL,                                                               \
            "XML elements to merge into the definition, for settings that have no argument.",      \
            .nested = NESTED(NEST_LIST, xml_merge_attributes),                                     \
            .binding = XML_BY_HAND(XML_AT_START)                                                   \
    }

/* Reverts the items of `prior` that `planned` lacks, then applies those of `planned`. Both are
 * objects of the resource type; `root` is the definition. */
void xml_merge_edit(Value prior, Value planned, xmlNodePtr root, Arena *arena);
/* Sets "xml_merge" to the items of the state that the definition still has applied. */
void xml_merge_read(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena);
