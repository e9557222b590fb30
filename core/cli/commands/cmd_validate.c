/* loam validate */
#include "command.h"
#include "project_programs.h"
#include "project_tests.h"
#include "provider_setup.h"
#include "suite_check.h"
#include "view_document.h"

/* Writes the member that Terraform lacks, only if the configuration needs a newer language. */
static void write_newer(JsonWriter *writer, const ConfigNewer *newer) {
    if (!newer || newer->count == 0)
        return;
    json_key_array(writer, "newer_language");
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

/* Writes the member that -security adds. */
static void write_programs(JsonWriter *writer, const ProgramStarts *programs) {
    if (!programs)
        return;
    json_key_array(writer, "programs");
    vec_each(programs, start) {
        SourcePos place = source_text_position(start->range.source, start->range.start);
        json_object_start(writer);
        json_key_string(writer, "address", start->address);
        json_key_string(writer, "argument", start->argument);
        if (start->source.len)
            json_key_string(writer, "fetched_from", start->source);
        json_key_string(writer, "filename", start->range.source->path);
        json_key_int(writer, "line", place.line);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void validate_write(const ViewDocument *document, JsonWriter *writer, const Cli *) {
    json_key_bool(writer, "valid", document->errors == 0);
    json_key_int(writer, "error_count", document->errors);
    json_key_int(writer, "warning_count", document->warnings);
    view_document_add_diags(document, writer);
    const ValidReport *report = document->result;
    if (!report)
        return;
    write_newer(writer, report->newer);
    write_programs(writer, report->programs);
}

static View *validate_open_view(Cli *cli) {
    return view_document_open(cli, validate_write);
}

static int cmd_validate_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.may_be_empty = true};
    if (!option_flag(arguments, "no-tests"))
        project.options.test_directory = project_test_directory(arguments);
    project.options.loads_queries = option_flag(arguments, "query");
    foreign_programs_set_validating(cli->foreign);
    if (!project_load(&project, cli, arguments, NULL, diags))
        return 1;
    (void)provider_setup_warn_of_overrides(&project);
    bool ok = engine_validate(&project.engine, diags);
    if (project.options.test_directory.len)
        ok = suite_validate(&project.engine, cli->arena, diags) && project_tests_check(&project) &&
             ok;
    bool lists_programs = option_flag(arguments, "security");
    if (!ok && !lists_programs)
        return 1;
    ValidReport *report = arena_new(cli->arena, ValidReport);
    if (ok) {
        engine_newer_blocks(&project.engine, project.config, cli->arena);
        report->newer = &project.config->newer;
    }
    if (lists_programs) {
        ProgramStarts *programs = arena_new(cli->arena, ProgramStarts);
        project_programs_list(&project, programs);
        report->programs = programs;
    }
    cli->view->type->valid(cli->view, report);
    return ok ? 0 : 1;
}

static const Option validate_options[] = {
    {"json", OPTION_FLAG, NULL, "Print the result as one JSON document."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON document to a file."},
    {"no-tests", OPTION_FLAG, NULL, "Do not validate test files."},
    {"query", OPTION_FLAG, NULL, "Also validate query files."},
    {"security", OPTION_FLAG, NULL,
     "List the programs that loam starts because the configuration names them."},
};

const Command cmd_validate = {
    .name = "validate",
    .summary = "Check the configuration",
    .usage = "[options]",
    .about =
        "Checks syntax, names, types and arguments without the state and without remote calls.",
    .example = "loam validate",
    .groups = {OPTION_GROUP(validate_options), &option_tests, &option_variables,
               &option_environment, &option_view},
    .run = cmd_validate_run,
    .json_view = validate_open_view,
};
