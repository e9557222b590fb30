/* loam validate */
#include "command.h"
#include "foreign_programs.h"
#include "json_writer.h"
#include "override_warning.h"
#include "project.h"
#include "project_load.h"
#include "project_tests.h"
#include "suite_check.h"
#include "view_diag.h"

/* The view of `validate -json`: one document of all diagnostics. */
typedef struct Verdict {
    JsonWriter writer; /* inside the list of diagnostics */
    StrBuf text;
    int64_t errors;
    int64_t warnings;
    const ConfigNewer *newer; /* NULL: the configuration is invalid */
} Verdict;

static const Hooks *cmd_validate_walk_begin(View *) {
    return NULL;
}

static void cmd_validate_nothing(View *) {
}

static void cmd_validate_valid(View *view, const ConfigNewer *newer) {
    Verdict *verdict = view->self;
    verdict->newer = newer;
}

/* The document has no progress messages, such as those about modules. */
static void cmd_validate_ignore_text(View *, Str) {
}

static void cmd_validate_add_diag(View *view, const Diag *diag) {
    Verdict *verdict = view->self;
    if (diag->severity == DIAG_ERROR)
        verdict->errors++;
    else
        verdict->warnings++;
    view_diag_write_json(diag, view->cli->functions, &verdict->writer);
}

/* Writes the member that Terraform lacks, only if the configuration needs a newer language. */
static void write_newer(JsonWriter *writer, const ConfigNewer *newer) {
    if (!newer || newer->count == 0)
        return;
    json_key(writer, STR("newer_language"));
    json_array_start(writer);
    vec_each(newer, construct) {
        SourcePos start = source_text_position(construct->range.source, construct->range.start);
        json_object_start(writer);
        json_key_string(writer, "construct", str_from_cstr(construct->construct));
        json_key_string(writer, "since", str_from_cstr(construct->since));
        json_key_string(writer, "filename", construct->range.source->path);
        json_key_int(writer, "line", start.line);
        json_key_int(writer, "count", construct->count);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void cmd_validate_finish(View *view, const Diags *) {
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
    write_newer(&writer, verdict->newer);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    cli_write(view->cli, strbuf_str(&text));
}

/* validate makes no plan and changes nothing, so other slots are never called. */
static const ViewType verdict_view = {
    .note = cmd_validate_ignore_text,
    .walk_begin = cmd_validate_walk_begin,
    .walk_end = cmd_validate_nothing,
    .valid = cmd_validate_valid,
    .diag = cmd_validate_add_diag,
    .finish = cmd_validate_finish,
};

static View *open_verdict(Cli *cli) {
    Verdict *self = arena_new(cli->arena, Verdict);
    self->text = strbuf_new(cli->arena);
    json_writer_init(&self->writer, &self->text, 0);
    self->writer.escape_html = true;
    json_array_start(&self->writer);
    View *view = arena_new(cli->arena, View);
    *view = (View){.type = &verdict_view, .cli = cli, .self = self};
    return view;
}

static int cmd_validate_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.may_be_empty = true};
    if (!option_flag(arguments, "no-tests"))
        project.test_directory = project_test_directory(arguments);
    project.loads_queries = option_flag(arguments, "query");
    foreign_programs_set_validating(cli->foreign);
    if (!project_load(&project, cli, arguments, NULL, diags))
        return 1;
    (void)override_warning_of_run(&project);
    bool ok = engine_validate(&project.engine, diags);
    if (project.test_directory.len)
        ok = suite_validate(&project.engine, cli->arena, diags) && project_tests_check(&project) &&
             ok;
    if (!ok)
        return 1;
    engine_newer_blocks(&project.engine, project.config, cli->arena);
    cli->view->type->valid(cli->view, &project.config->newer);
    return 0;
}

static const Option options[] = {
    {"json", OPTION_FLAG, NULL, "Print the result as one JSON document."},
    {"json-into", OPTION_PATH, "PATH", "Also write the JSON document to a file."},
    {"no-tests", OPTION_FLAG, NULL, "Do not validate test files."},
    {"query", OPTION_FLAG, NULL, "Also validate query files."},
};

const Command cmd_validate = {
    .name = "validate",
    .summary = "Check the configuration",
    .usage = "[options]",
    .about =
        "Checks syntax, names, types and arguments without the state and without remote calls.",
    .example = "loam validate",
    .groups = {OPTION_GROUP(options), &option_tests, &option_variables, &option_environment,
               &option_view},
    .group_count = 5,
    .run = cmd_validate_run,
    .json_view = open_verdict,
};
