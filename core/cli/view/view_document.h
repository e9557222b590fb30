/* view_document: the view of a command with -json whose result is one document: its members, and
 * the list of all diagnostics. */
#pragma once

#include "json_writer.h"
#include "view.h"

typedef struct ViewDocument ViewDocument;

/* Writes the members after `format_version`. */
typedef void ViewDocumentWrite(const ViewDocument *document, JsonWriter *writer, const Cli *cli);

/* The `self` of the view. */
struct ViewDocument {
    ViewDocumentWrite *write;
    const void *result; /* of the command; NULL: it failed */
    StrBuf text;        /* of the diagnostics */
    JsonWriter writer;  /* inside their list */
    int64_t errors;
    int64_t warnings;
};

/* The command makes no plan and changes nothing: of the slots for results, the view has only
 * `valid`, which sets `result`. */
View *view_document_open(Cli *cli, ViewDocumentWrite *write);
/* Writes the member `diagnostics`. */
void view_document_add_diags(const ViewDocument *document, JsonWriter *writer);
