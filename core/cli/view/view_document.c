#include "view_document.h"
#include "view_diag.h"

static const Hooks *document_walk_begin(View *) {
    return NULL;
}

static void document_walk_end(View *) {
}

/* The document has no progress messages, such as those about modules. */
static void document_ignore_text(View *, Str) {
}

static void document_valid(View *view, const ValidReport *report) {
    ViewDocument *document = view->self;
    document->result = report;
}

static void document_add_diag(View *view, const Diag *diag) {
    ViewDocument *document = view->self;
    if (diag->severity == DIAG_ERROR)
        document->errors++;
    else
        document->warnings++;
    view_diag_write_json(diag, view->cli->functions, &document->writer);
}

void view_document_add_diags(const ViewDocument *document, JsonWriter *writer) {
    json_key(writer, STR("diagnostics"));
    json_raw(writer, strbuf_str(&document->text));
}

static void document_finish(View *view, const Diags *) {
    ViewDocument *document = view->self;
    json_array_end(&document->writer);
    StrBuf text = strbuf_new(view->cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    writer.escape_html = true;
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    document->write(document, &writer, view->cli);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    cli_write(view->cli, strbuf_str(&text));
}

static const ViewType view_document = {
    .note = document_ignore_text,
    .walk_begin = document_walk_begin,
    .walk_end = document_walk_end,
    .valid = document_valid,
    .diag = document_add_diag,
    .finish = document_finish,
};

View *view_document_open(Cli *cli, ViewDocumentWrite *write) {
    ViewDocument *self = arena_new(cli->arena, ViewDocument);
    *self = (ViewDocument){.write = write, .text = strbuf_new(cli->arena)};
    json_writer_init(&self->writer, &self->text, 0);
    self->writer.escape_html = true;
    json_array_start(&self->writer);
    return view_new(cli, &view_document, self);
}
