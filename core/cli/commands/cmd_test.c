/* loam test, loam test cleanup */
#include "command.h"
#include "project_tests.h"
#include "suite_context.h"
#include "view_test.h"

static const Option cmd_test_options[] = {
    {"filter", OPTION_PATH, "FILE", "Run only the tests of this file. May be repeated."},
    {"allow-deferral", OPTION_FLAG, NULL,
     "Defer what depends on unknown instances (count, for_each) to a later run."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
    {"junit-xml", OPTION_OUTPUT, "PATH", "Write the results to this file in JUnit XML format."},
    {"verbose", OPTION_FLAG, NULL, "Show the plan or the state of each run."},
    {"parallelism", OPTION_TEXT, "N", "Number of concurrent operations of a run (default 10)."},
};

static void collect_filters(const Arguments *arguments, StrVec *out, Arena *arena) {
    vec_each(&arguments->options, option) {
        if (strcmp(option->option->name, "filter") == 0)
            vec_push(arena, out, disk_clean(option->text, arena));
    }
}

static bool write_junit(Cli *cli, const Suite *suite, Str path, Diags *diags) {
    const Disk *disk = cli->io.disk;
    StrBuf text = strbuf_new(cli->arena);
    junit_write(suite, &text, cli->arena);
    int status = disk->write_file(disk->self, path, strbuf_str(&text), 0600);
    if (status < 0)
        diags_error(diags, NO_RANGE, "Failed to write the JUnit document",
                    "\"%.*s\" cannot be written: %s.", STR_ARG(path), strerror(-status));
    return status >= 0;
}

/* Values from options, files and environment variables apply to all tests, so errors in them are
 * reported before the first test. */
static bool check_input(const Project *project, Diags *diags) {
    InputRequest request = project->input;
    Map ignored;
    request.ask = NULL;
    request.is_of_test = true;
    return input_gather(project->config, &request, &ignored, project->cli->arena, diags);
}

/* Executes the test files in this mode. Returns false if they could not be loaded. */
static bool cmd_test_execute(Cli *cli, const Arguments *arguments, SuiteMode mode, Suite *out,
                             Diags *diags) {
    SCOPED(Project)
    project = {.options.test_directory = project_test_directory(arguments),
               .options.runs_tests = true};
    const SuiteStorage *storage;
    StrVec filters = {0};
    if (!project_load(&project, cli, arguments, NULL, diags) || !check_input(&project, diags) ||
        !project_tests_open(&project, &storage))
        return false;
    view_show_diags(cli->view, diags);
    project.engine.cancel = cancel_open_second(cli->cancel);
    collect_filters(arguments, &filters, cli->arena);
    Diags found = diags_new(cli->arena);
    SuiteRequest request = {
        .mode = mode,
        .engine = &project.engine,
        .input = &project.input,
        .test_directory = project.options.test_directory,
        .filters = &filters,
        .allows_deferral = option_flag(arguments, "allow-deferral"),
        .stop = cli->cancel,
        .events = cli->view->type->tests(cli->view, option_flag(arguments, "verbose")),
        .storage = storage,
        .diags = &found,
    };
    suite_execute(&request, out, cli->arena);
    diags_append(diags, &found);
    return true;
}

static int cmd_test_status_of(const Suite *suite) {
    return suite->status > SUITE_PASS || suite->is_interrupted ? 1 : 0;
}

static int cmd_test_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    Suite suite;
    if (!cmd_test_execute(cli, arguments, SUITE_TEST, &suite, diags))
        return 1;
    Str path = option_text(arguments, "junit-xml");
    if (path.len && !write_junit(cli, &suite, path, diags))
        return 1;
    return cmd_test_status_of(&suite);
}

static int run_cleanup(Cli *cli, const Arguments *arguments, Diags *diags) {
    Suite suite;
    SuiteMode mode = option_flag(arguments, "repair") ? SUITE_REPAIR : SUITE_CLEANUP;
    return cmd_test_execute(cli, arguments, mode, &suite, diags) ? cmd_test_status_of(&suite) : 1;
}

static const Option cleanup_options[] = {
    {"repair", OPTION_FLAG, NULL,
     "Keep what \"skip_cleanup\" and backends keep; clean up only after failures."},
    {"filter", OPTION_PATH, "FILE", "Clean up only after this test file. May be repeated."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
    {"verbose", OPTION_FLAG, NULL, "Accepted for Terraform; has no effect."},
    {"parallelism", OPTION_TEXT, "N", "Number of concurrent operations of a run (default 10)."},
};

static const Command cmd_test_cleanup = {
    .name = "cleanup",
    .summary = "Destroy the objects that earlier tests left",
    .usage = "[options]",
    .about = "Destroys the objects whose states earlier tests left in the data directory: after a "
             "failed cleanup, after a test that was interrupted or killed, and because of "
             "\"skip_cleanup\". Also destroys the objects of states that runs keep in backends, "
             "unless -repair is given. Uses the values of the test files as they are now.",
    .example = "loam test cleanup",
    .groups = {OPTION_GROUP(cleanup_options), &option_tests, &option_variables, &option_view},
    .run = run_cleanup,
    .json_view = view_json_open,
};

static const Command *const test_subcommands[] = {&cmd_test_cleanup};

const Command cmd_test = {
    .name = "test",
    .summary = "Run the tests of the configuration",
    .usage = "[options]",
    .about = "Runs the test files of the root module and of its directory \"tests\". A test plans "
             "or applies real changes, checks its assertions, and destroys its objects.",
    .example = "loam test -verbose",
    .groups = {OPTION_GROUP(cmd_test_options), &option_tests, &option_variables, &option_view},
    .run = cmd_test_run,
    .json_view = view_json_open,
    COMMAND_SUBCOMMANDS(test_subcommands),
};
