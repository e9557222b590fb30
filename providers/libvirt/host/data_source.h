/* data_source: common parts of the data sources: they find an object by its name or UUID and read
 * its description by rows with a place in the XML. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml_map.h"

/* Row of all data sources that read one object. */
#define DATA_SOURCE_OPTIONAL                                                                       \
    {                                                                                              \
        "optional", &TYPE_BOOL, OPTIONAL,                                                          \
            "Whether a missing object is no error: then all results are null."                     \
    }

/* Sets null results if the object may be missing, else adds libvirt's latest error. */
bool data_source_missing(const Call *call,
                         const DataReadRequest *request,
                         DataReadResponse *response,
                         const char *noun,
                         Str name,
                         Diags *diags);
/* Returns a builder of the configuration, with null results. */
ObjectBuilder data_source_begin(const DataReadRequest *request, const Schema *schema, Arena *arena);
/* Reads an XML that libvirt allocated by the rows, and sets "xml". Returns false with an error. */
MUST_USE bool data_source_read_xml(
    const Call *call, char *text, XmlRows rows, ObjectBuilder *builder, Diags *diags);
