/* Opens a Project for each state of a test: the same calls as for the state of the root module. */
#include "project_tests.h"
#include "backend_choice.h"
#include "view.h"

#include <errno.h>

#define DIRECTORY_NAME "test"
#define DIRECTORY_MODE 0777

typedef struct ProjectTests {
    SuiteStorage storage;
    Project *project; /* the root module */
} ProjectTests;

typedef struct TestStore {
    SuiteStore store;
    Project project; /* has the state; shares configuration and ciphers of the root module */
    bool is_file;
    Str backup; /* of the file; only commands with -state write it */
} TestStore;

/* A call whose outcome is not known stays in the journal. */
static bool has_journal(const Project *project) {
    JournalStore *journal = project->backend->journal;
    SCOPED(ArenaRef) scratch = arena_open("journal of a test");
    Str text, problem;
    bool found = false;
    return !journal->read(journal, &text, &found, &problem, scratch) || (found && text.len > 0);
}

static bool tests_read_again(SuiteStore *store, Diags *diags) {
    TestStore *self = store->self;
    self->project.diags = diags;
    if (!project_read_again(&self->project))
        return false;
    store->state = self->project.state;
    store->is_in_doubt = false;
    return true;
}

static bool tests_begin(SuiteStore *store, State *state, WorkingState **out, Diags *diags) {
    TestStore *self = store->self;
    self->project.diags = diags;
    if (!project_begin_changes(&self->project, state)) {
        (void)project_end_changes(&self->project);
        return false;
    }
    *out = self->project.working;
    return true;
}

static State *project_tests_end(SuiteStore *store) {
    TestStore *self = store->self;
    State *state = project_end_changes(&self->project);
    store->is_in_doubt = has_journal(&self->project);
    return state;
}

/* Writes the state that the journal of a killed test led to, which ends the journal: a state
 * without its journal would be an older one. A journal that has no record yet remains. */
static bool end_journal(Project *project) {
    JournalStore *journal = project->backend->journal;
    SCOPED(ArenaRef) scratch = arena_open("journal of a test");
    Str problem;
    bool ok = !has_journal(project) || project_write_state(project, project->state);
    (void)project_end_changes(project);
    return ok && journal->remove(journal, &problem, scratch);
}

/* Called under the lock of the state, which has no objects. */
static void tests_remove_files(TestStore *self, Diags *diags) {
    Project *project = &self->project;
    const Disk *disk = project->cli->io.disk;
    Str path = project->backend->path;
    if (!end_journal(project))
        return;
    (void)disk->remove(disk->self, self->backup);
    outcome_files_remove(&project->outcomes);
    int error = disk->remove(disk->self, path);
    if (error != 0 && error != -ENOENT)
        diags_error(diags, NO_RANGE, "Failed to delete state",
                    "The objects of the state \"%.*s\" are destroyed, but the file could not be "
                    "removed: %s.",
                    STR_ARG(path), strerror(-error));
}

static void tests_close_store(SuiteStore *store, bool is_kept, Diags *diags) {
    TestStore *self = store->self;
    self->project.diags = diags;
    if (self->is_file && !is_kept)
        tests_remove_files(self, diags);
    project_release(&self->project);
}

static bool tests_open_backend(const ProjectTests *tests, const BackendChoice *choice,
                               Backend **out, Diags *diags) {
    Project *project = tests->project;
    Diags *before = project->diags;
    project->diags = diags;
    bool ok = backend_choice_open(project, choice, STR("default"), out);
    project->diags = before;
    return ok;
}

static void note_recovery(const Project *project) {
    View *view = project->cli->view;
    if (project->found_journal && view)
        view->type->note(view, STR("An earlier test was interrupted. loam recovered its operations "
                                   "from the journal; nothing is lost."));
}

static bool tests_open_store(const ProjectTests *tests, const BackendChoice *choice, bool is_file,
                             SuiteStore **out, Diags *diags) {
    const Project *outer = tests->project;
    TestStore *self = arena_new(outer->cli->arena, TestStore);
    Project *project = &self->project;
    *project = (Project){
        .cli = outer->cli,
        .arguments = outer->arguments,
        .config = outer->config,
        .diags = diags,
    };
    if (!tests_open_backend(tests, choice, &project->backend, diags))
        return false;
    project->out = project->backend;
    if (is_file) {
        self->backup = project->backend->backup_path;
        project->backend->backup_path = STR_EMPTY;
    }
    if (!project_open_state(project, LOCK_APPLY)) {
        project_release(project);
        return false;
    }
    note_recovery(project);
    self->is_file = is_file;
    self->store = (SuiteStore){
        .self = self,
        .state = project->state,
        .read = tests_read_again,
        .begin = tests_begin,
        .end = project_tests_end,
        .close = tests_close_store,
    };
    *out = &self->store;
    return true;
}

static BackendChoice choose_file(const ProjectTests *tests, Str name) {
    Arena *arena = tests->project->cli->arena;
    return backend_choice_of_file(disk_join(tests->storage.directory, name, arena), arena);
}

/* A backend makes missing directories for its user alone; others may use the data directory. */
static bool make_data_directory(const ProjectTests *tests, Diags *diags) {
    const Cli *cli = tests->project->cli;
    const Disk *disk = cli->io.disk;
    int error = disk->make_directories(disk->self, cli->data_directory, DIRECTORY_MODE);
    if (error != 0)
        diags_error(diags, NO_RANGE, "Failed to open state manifest",
                    "The states of tests are in the data directory \"%.*s\", which could not be "
                    "created: %s.",
                    STR_ARG(cli->data_directory), strerror(-error));
    return error == 0;
}

/* The manifest has no secrets: names of test files and of their states. */
static bool tests_open_document(void *self, Str name, bool is_changed, Backend **out,
                                Diags *diags) {
    const ProjectTests *tests = self;
    BackendChoice choice = choose_file(tests, name);
    if (is_changed && !make_data_directory(tests, diags))
        return false;
    if (!tests_open_backend(tests, &choice, out, diags))
        return false;
    (*out)->cipher = NULL;
    (*out)->backup_path = STR_EMPTY;
    return true;
}

static bool tests_open_file(void *self, Str name, SuiteStore **out, Diags *diags) {
    const ProjectTests *tests = self;
    BackendChoice choice = choose_file(tests, name);
    return tests_open_store(tests, &choice, true, out, diags);
}

static bool open_configured(void *self, const BackendConfig *config, SuiteStore **out,
                            Diags *diags) {
    const ProjectTests *tests = self;
    Project *project = tests->project;
    Diags *before = project->diags;
    BackendChoice choice = {0};
    project->diags = diags;
    bool ok = backend_choice_read(project, config, &choice);
    project->diags = before;
    return ok && tests_open_store(tests, &choice, false, out, diags);
}

/* The backends of the runs of one file. */
typedef struct UsedBackend {
    const TestRun *run;
    BackendChoice choice;
} UsedBackend;

typedef VEC(UsedBackend) UsedBackends;

static const UsedBackend *tests_find_same(const UsedBackends *used, const BackendChoice *choice) {
    vec_each(used, other) {
        if (other->choice.type == choice->type && value_equal(other->choice.config, choice->config))
            return other;
    }
    return NULL;
}

static bool check_run(Project *project, const TestRun *run, UsedBackends *used) {
    UsedBackend added = {.run = run};
    if (!backend_choice_read(project, run->backend, &added.choice))
        return false;
    const UsedBackend *same = tests_find_same(used, &added.choice);
    vec_push(project->cli->arena, used, added);
    if (!same)
        return true;
    return diags_fail(project->diags, run->backend->type_range,
                      "Repeat use of the same backend block",
                      "The runs \"%.*s\" and \"%.*s\" have different states, but the same backend "
                      "with the same arguments, so each would overwrite the state of the other.",
                      STR_ARG(same->run->name), STR_ARG(run->name));
}

bool project_tests_check(Project *project) {
    const struct TestFiles *tests = project->config->tests;
    bool ok = true;
    for (size_t i = 0; tests && i < tests->files.count; i++) {
        UsedBackends used = {0};
        vec_each(&tests->files.items[i]->runs, run) {
            if ((*run)->backend)
                ok &= check_run(project, *run, &used);
        }
    }
    return ok;
}

bool project_tests_open(Project *project, const SuiteStorage **out) {
    Cli *cli = project->cli;
    ProjectTests *tests = arena_new(cli->arena, ProjectTests);
    tests->project = project;
    tests->storage = (SuiteStorage){
        .self = tests,
        .directory = disk_join(cli->data_directory, STR(DIRECTORY_NAME), cli->arena),
        .open_document = tests_open_document,
        .open_file = tests_open_file,
        .open_backend = open_configured,
    };
    *out = &tests->storage;
    return project_open_ciphers(project) && project_tests_check(project);
}
