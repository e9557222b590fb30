/* data_source: functions that the data sources share. A data source finds an object by name or UUID
 * and reads its XML with xml_map. */
#pragma once

#include "libvirt_kind.h"
#include "provider.h"
#include "xml_map.h"

/* Attribute "optional" of each data source that reads one object. */
#define DATA_SOURCE_OPTIONAL                                                                       \
    {                                                                                              \
        "optional", &TYPE_BOOL, OPTIONAL,                                                          \
            "Whether the object may be missing. If so, all results are null; otherwise a missing " \
            "object is an error."                                                                  \
    }

/* Call it right after a failed lookup. If the object does not exist and "optional" is true, sets
 * null results and returns true. Otherwise adds libvirt's latest error, with `noun` and `name` in
 * the summary, and returns false. */
bool data_source_missing(const Call *call, const DataReadRequest *request,
                         DataReadResponse *response, const char *noun, Str name, Diags *diags);
/* Returns a builder that holds the arguments of the configuration; unknown results are null. */
ObjectBuilder data_source_begin(const DataReadRequest *request, const Schema *schema, Arena *arena);
/* Reads `text` by the rows into the builder and sets "xml". Frees `text`, which libvirt allocated;
 * NULL means that the call for it failed. On failure adds an error and returns false. */
MUST_USE bool data_source_read_xml(const Call *call, char *text, XmlRows rows,
                                   ObjectBuilder *builder, Diags *diags);

/* How to read one object by "name" or "id": the payload of a DataSourceType. */
typedef struct DataObject {
    const LibvirtKind *kind;
    XmlRows rows;
    void (*fill)(void *handle, ObjectBuilder *builder,
                 Arena *arena); /* values that the XML lacks */
} DataObject;

/* The slot `read` of such a type. */
MUST_USE bool data_source_object(const Call *call, const DataReadRequest *request,
                                 DataReadResponse *response, Diags *diags);

/* How to list objects as nested objects of one attribute: the payload of a DataSourceType. */
typedef struct DataList {
    const char *attribute;
    const char *noun;                /* plural, for the error */
    const LibvirtKind *kind;         /* its calls list, describe and release */
    XmlRows rows;                    /* of one object */
    unsigned (*flags)(Value config); /* of the call list; NULL: 0 */
    void (*fill)(void *handle, ObjectBuilder *builder, Arena *arena); /* values that the XML lacks;
                                                                         NULL: none */
} DataList;

/* The slot `read` of such a type: sets the attribute to the objects, sorted by name. */
MUST_USE bool data_source_list(const Call *call, const DataReadRequest *request,
                               DataReadResponse *response, Diags *diags);
