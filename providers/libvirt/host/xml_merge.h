/* xml_merge: the argument "xml_merge" of machines and networks: elements that the configuration
 * merges into the description of an object, for settings without an argument.
 *
 *     xml_merge = [{path = "devices", xml = "<hub type='usb'/>", mode = "append"}]
 *
 *    merge    sets attributes, texts and children of the first element of that name, or adds it
 *    append   adds the element unless one like it exists
 *    remove   removes the first element like this one */
#pragma once

#include "object_builder.h"
#include "xml.h"

#define XML_MERGE_COUNT 3
extern const Attribute xml_merge_attributes[XML_MERGE_COUNT];

/* A row of a table of attributes. */
#define XML_MERGE_ROW                                                                              \
    {                                                                                              \
        "xml_merge", NULL, OPTIONAL,                                                               \
            "Elements to merge into libvirt's description, for settings without an argument.",     \
            .nested = NESTED(NEST_LIST, xml_merge_attributes)                                      \
    }

/* Reverts items of `prior` that `planned` lacks, then applies the planned ones. */
void xml_merge_edit(Value prior, Value planned, xmlNodePtr root, Arena *arena);
/* Keeps the items of the state that the description still contains. */
void xml_merge_read(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena);
