/* xml_map: moves values between attributes and XML by a table. The row of an attribute names its
 * place in the element of its object:
 *
 *     static const Attribute rng_attributes[] = {
 *         {"model", &TYPE_STRING, OPTIONAL, "…", .binding = XML("@model")},
 *         {"bytes", &TYPE_NUMBER, OPTIONAL, "…", .binding = XML("rate/@bytes")},
 *     };
 *     …
 *     {"rng", NULL, OPTIONAL, "…", .nested = NESTED(NEST_LIST, rng_attributes),
 *      .binding = XML_CHANGING("devices/rng", XML_LIVE)},
 *
 * A nested object is an element, or with the path "." a group of places in its parent's element.
 * Rows without a binding are left to other code.
 *
 * An edit changes only differences. A read skips an optional attribute that is null in the state:
 * the host chooses its value. An import reads all. */
#pragma once

#include "object_builder.h"
#include "xml.h"

typedef enum XmlForm {
    XML_PLAIN, /* a string, a number, a list of strings as repeated elements; a bool as yes or no */
    XML_ON_OFF,  /* a bool as on or off */
    XML_PRESENT, /* a bool: whether the element exists */
    XML_MIB,     /* a number of MiB; an element has a unit, an attribute counts KiB */
    XML_ENTRIES, /* a map of strings: elements with @name and a text */
    XML_STATES,  /* a map of strings: the elements below the place, with @state */
} XmlForm;

/* How a change reaches a running object. */
typedef enum XmlChange {
    XML_AT_START, /* needs a restart */
    XML_LATER,    /* takes effect at the next start, without a difference before */
    XML_LIVE,
    XML_UNCHANGED,
} XmlChange;

typedef struct XmlBinding {
    const char *path;
    XmlForm form;
    XmlChange change; /* of a list: of its length */
    const char *key;  /* of a list: the attribute that identifies an item; NULL: its content */
    bool (*skips)(xmlNodePtr node); /* of a list: elements that belong to other attributes */
    /* the value for which libvirt prints nothing; "*": it may forget any value; NULL: none */
    const char *absent;
    /* Places of the object's element that a change removes, such as the address of another bus.
     * They are separated by spaces. The other members are written again. */
    const char *resets;
} XmlBinding;

/* Values of Attribute.binding. */
#define XML(place)                                                                                 \
    &(const XmlBinding) {                                                                          \
        .path = (place)                                                                            \
    }
#define XML_AS(place, as)                                                                          \
    &(const XmlBinding) {                                                                          \
        .path = (place), .form = (as)                                                              \
    }
#define XML_CHANGING(place, when)                                                                  \
    &(const XmlBinding) {                                                                          \
        .path = (place), .change = (when)                                                          \
    }
#define XML_AS_CHANGING(place, as, when)                                                           \
    &(const XmlBinding) {                                                                          \
        .path = (place), .form = (as), .change = (when)                                            \
    }
#define XML_KEYED(place, by, when)                                                                 \
    &(const XmlBinding) {                                                                          \
        .path = (place), .change = (when), .key = (by)                                             \
    }

/* A kind of the device: another one has another address on the bus. */
#define XML_KIND(place)                                                                            \
    &(const XmlBinding) {                                                                          \
        .path = (place), .resets = "address"                                                       \
    }
#define XML_RESETTING(place, others)                                                               \
    &(const XmlBinding) {                                                                          \
        .path = (place), .resets = (others)                                                        \
    }

/* A table of rows. */
typedef struct XmlRows {
    const Attribute *attributes;
    size_t count;
} XmlRows;

XmlRows xml_map_rows(const NestedObject *nested);

/* Writes the differences between two objects into the element; null objects have null attributes.
 */
void xml_map_edit(XmlRows rows, Value prior, Value planned, xmlNodePtr node, Arena *arena);
/* Reads the element into the builder of an object; `old` is its state, or null. */
void xml_map_read(
    XmlRows rows, Value old, xmlNodePtr node, bool is_import, ObjectBuilder *builder, Arena *arena);
/* Returns how the difference of one attribute reaches a running object. */
XmlChange xml_map_change(const Attribute *attribute, Value prior, Value planned, Arena *arena);
/* Sets out[i] to the element of item i of a list, NULL if none. With `is_exact`, the element has
 * the content of the item. */
void xml_map_find_items(const Attribute *attribute,
                        Value list,
                        bool is_exact,
                        xmlNodePtr node,
                        xmlNodePtr *out,
                        Arena *arena);
/* Returns for each item of `after` the index of the item of `before` that it was; SIZE_MAX: new. */
size_t *xml_map_pair(const Attribute *attribute, Value before, Value after, Arena *arena);
