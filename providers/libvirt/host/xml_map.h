/* xml_map: converts between the attributes of an object and its XML element by a table. The binding
 * of each row is the path of the attribute's value in the element (see xml_path.h):
 *
 *     static const Attribute rng_attributes[] = {
 *         {"model", &TYPE_STRING, OPTIONAL, "…", .binding = XML("@model")},
 *         {"bytes", &TYPE_NUMBER, OPTIONAL, "…", .binding = XML("rate/@bytes")},
 *     };
 *     …
 *     {"rng", NULL, OPTIONAL, "…", .nested = NESTED(NEST_LIST, rng_attributes),
 *      .binding = XML_CHANGING("devices/rng", XML_LIVE)},
 *
 * A nested object is a child element. With the path ".", its values are in the element of its
 * parent. Rows without a path are skipped; other code writes and reads them.
 *
 * An edit writes only differences. A read skips an optional attribute that is null in the state,
 * because libvirt chooses its value. An import reads every attribute. */
#pragma once

#include "object_builder.h"
#include "xml.h"

typedef enum XmlForm {
    XML_PLAIN, /* a string, a number, a list of strings as repeated elements; a bool as yes or no */
    XML_ON_OFF,  /* a bool as on or off */
    XML_YES,     /* a bool as yes; false omits it, since libvirt's schema has no other value */
    XML_PRESENT, /* a bool: whether the element exists */
    XML_MIB,     /* a number of MiB; an element has a unit, an attribute counts KiB */
    XML_ENTRIES, /* a map of strings: elements with @name and a text */
    XML_STATES,  /* a map of strings: the elements below the place, with @state */
} XmlForm;

/* How a change takes effect on a running object; the least live one comes first. */
typedef enum XmlChange {
    XML_AT_START, /* requires a restart */
    XML_LATER,    /* takes effect at the next start; requires no restart */
    XML_LIVE,     /* takes effect at once */
    XML_UNCHANGED,
} XmlChange;

typedef struct XmlBinding {
    /* Of the value, relative to the element of the object. NULL: other code writes and reads it. */
    const char *path;
    XmlForm form;
    XmlChange change; /* of a list: when items are added or removed */
    const char *key;  /* of a list: the attribute that identifies an item; NULL: items match by
                         content, then position */
    bool (*skips)(xmlNodePtr node); /* of a list: true for an element that another attribute owns;
                                       NULL: none */
    /* The value that libvirt omits from its XML: a missing place keeps this value of the state.
     * "*": any value. NULL: a missing place means null. */
    const char *absent;
    /* Paths in the object's element that a change of this value removes, separated by spaces: for
     * example, a device on another bus needs another address. NULL: none. */
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

/* Other code writes and reads the attribute. */
#define XML_BY_HAND(when)                                                                          \
    &(const XmlBinding) {                                                                          \
        .change = (when)                                                                           \
    }

/* The model or bus of a device: a change removes the address, and libvirt assigns another. */
#define XML_KIND(place)                                                                            \
    &(const XmlBinding) {                                                                          \
        .path = (place), .resets = "address"                                                       \
    }
#define XML_RESETTING(place, others)                                                               \
    &(const XmlBinding) {                                                                          \
        .path = (place), .resets = (others)                                                        \
    }

/* A table of attributes, which is constant data. */
typedef struct XmlRows {
    const Attribute *attributes;
    size_t count;
} XmlRows;

XmlRows xml_map_rows(const NestedObject *nested);
/* Returns the rows of the nested object of an argument among `rows`. The argument must exist. */
XmlRows xml_map_nested(XmlRows rows, const char *name);

/* Writes the differences between `prior` and `planned` into the element. A null object counts as
 * one whose attributes are null. */
void xml_map_edit(XmlRows rows, Value prior, Value planned, xmlNodePtr node, Arena *arena);
/* Reads the element into the builder. `old` is the object in the state; null if it has none. With
 * `is_import`, reads attributes that are null in `old`, too. */
void xml_map_read(XmlRows rows, Value old, xmlNodePtr node, bool is_import, ObjectBuilder *builder,
                  Arena *arena);
/* Returns whether a value that has a binding differs. */
bool xml_map_differs(XmlRows rows, Value prior, Value planned);
/* Returns how the difference between two values of the attribute takes effect on a running object.
 */
XmlChange xml_map_change(const Attribute *attribute, Value prior, Value planned, Arena *arena);
/* Sets out[i] to the element of item i of the list; `out` must be zeroed and as long as the list.
 * With `is_exact`, an element matches only by the item's content, not by key or position. */
void xml_map_find_items(const Attribute *attribute, Value list, bool is_exact, xmlNodePtr node,
                        xmlNodePtr *out, Arena *arena);
/* Returns an array of the length of `after`: for each item, the index of its predecessor in
 * `before`, or SIZE_MAX for a new item. */
size_t *xml_map_pair(const Attribute *attribute, Value before, Value after, Arena *arena);
