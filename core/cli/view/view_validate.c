/* The view of `validate -json`. */
#include "json_writer.h"
#include "view.h"
#include "view_diag_json.h"

typedef struct Verdict {
    JsonWriter writer; /* inside the list of diagnostics */
    StrBuf text;
    int64_t errors;
    int64_t warnings;
} Verdict;

static const Hooks *walk_begin(View *view) {
    (void)view;
    return NULL;
}

static void nothing(View *view) {
    (void)view;
}

/* The document has no progress messages, such as those about modules. */
static void ignore_text(View *view, Str text) {
    (void)view;
    (void)text;
}

static void add_diag(View *view, const Diag *diag) {
    Verdict *verdict = view->self;
    if (diag->severity == DIAG_ERROR)
        verdict->errors++;
    else
        verdict->warnings++;
    view_diag_write_json(diag, view->cli->functions, &verdict->writer);
}

static void finish(View *view, const Diags *diags) {
    (void)diags;
    Verdict *verdict = view->self;
    json_array_end(&verdict->writer);
    StrBuf text = strbuf_new(view->cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    writer.escape_html = true;
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    json_key_bool(&writer, "valid", verdict->errors == 0);
    json_key_int(&writer, "error_count", verdict->errors);
    json_key_int(&writer, "warning_count", verdict->warnings);
    json_key(&writer, STR("diagnostics"));
    json_raw(&writer, strbuf_str(&verdict->text));
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    cli_write(view->cli, strbuf_str(&text));
}

/* validate makes no plan and changes nothing, so other slots are never called. */
static const ViewType verdict = {
    .note = ignore_text,
    .walk_begin = walk_begin,
    .walk_end = nothing,
    .valid = nothing,
    .diag = add_diag,
    .finish = finish,
};

View *view_verdict_open(Cli *cli) {
    Verdict *self = arena_new(cli->arena, Verdict);
    self->text = strbuf_new(cli->arena);
    json_writer_init(&self->writer, &self->text, 0);
    self->writer.escape_html = true;
    json_array_start(&self->writer);
    View *view = arena_new(cli->arena, View);
    *view = (View){.type = &verdict, .cli = cli, .self = self};
    return view;
}
