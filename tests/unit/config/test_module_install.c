/* Module calls → directories: the lock file, the copies, the record; with a source of the test. */
#include "config_case.h"

#include "module_fetch.h"
#include "module_install.h"

/* The test's module source: "shop:NAME" returns a file with the revision; "sign:NAME" redirects to
 * it. */
typedef struct Shop {
    const char *revision; /* of all packages */
    const char *content;  /* empty: the revision */
    bool has_commits;
    int fetched;
} Shop;

static Shop shop;

static bool claim_shop(Str address, Str *package, Arena *) {
    *package = address;
    return str_starts_with(address, STR("shop:"));
}

static bool claim_sign(Str address, Str *package, Arena *) {
    *package = address;
    return str_starts_with(address, STR("sign:"));
}

static void put(const SourceRequest *request, const char *name, Str text, Arena *arena) {
    Str path = disk_join(request->directory, str_from_cstr(name), arena);
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(path), 0777), 0);
    assert_int_equal(disk_real.write_file(NULL, path, text, 0666), 0);
}

static bool fetch_shop(const SourceRequest *request, SourceFound *out, Arena *arena, Diags *diags) {
    shop.fetched++;
    if (!shop.revision) {
        diags_error(diags, request->range, "Sold out", "Nothing is left.");
        return false;
    }
    Str revision = request->commit.len ? request->commit : str_from_cstr(shop.revision);
    if (shop.has_commits)
        out->commit = revision;
    Str text = shop.content ? str_from_cstr(shop.content) : revision;
    put(request, "main.loam.yaml", str_format(arena, "locals: {x: \"%.*s\"}\n", STR_ARG(text)),
        arena);
    put(request, "in/main.loam.yaml", STR("module:\n  up: {source: ../}\n"), arena);
    put(request, "in/out/main.loam.yaml", STR("module:\n  up: {source: ../../../}\n"), arena);
    put(request, "empty/README", STR(""), arena);
    return true;
}

static bool fetch_sign(const SourceRequest *request, SourceFound *out, Arena *arena, Diags *) {
    out->version = request->version.len ? request->version : str_from_cstr(shop.revision);
    Str name = str_after(request->package, 5);
    out->elsewhere = str_equal(name, STR("round")) ? request->package
                     : str_equal(name, STR("local"))
                         ? STR("./x")
                         : str_format(arena, "shop:%.*s//in", STR_ARG(name));
    return true;
}

static const ModuleSource shop_row = {
    .name = "shop", .forms = "shop:NAME", .claims = claim_shop, .fetch = fetch_shop};
static const ModuleSource sign_row = {.name = "sign",
                                      .forms = "sign:NAME",
                                      .has_versions = true,
                                      .claims = claim_sign,
                                      .fetch = fetch_sign};
static const ModuleSource *const source_rows[] = {&module_source_local, &shop_row, &sign_row};
static const ModuleSources sources = {source_rows, ARRAY_COUNT(source_rows)};

typedef struct Run {
    ConfigCase c;
    StrVec told;
} Run;

static void tell(void *payload, Str line) {
    Run *run = payload;
    vec_push(run->c.arena, &run->told, line);
}

static Run run_open(const char *text) {
    Run run = {.c = config_case_open()};
    run.c.io.clock = &clock_real;
    shop = (Shop){.revision = "1.0.0"};
    config_case_write(&run.c, "main.loam.yaml", text);
    return run;
}

typedef enum How { INSTALL, UPGRADE, LOOK } How;

static bool run_load(Run *run, How how) {
    ConfigCase *c = &run->c;
    ConfigRequest request = {
        .io = &c->io,
        .directory = STR("."),
        .data_directory = STR(".loam"),
        .functions = c->functions,
        .install = how != LOOK,
        .upgrade = how == UPGRADE,
        .sources = &sources,
        .tell = tell,
        .payload = run,
    };
    c->diags = diags_new(c->arena);
    run->told = (StrVec){0};
    bool ok = config_load(&request, &c->config, c->arena, &c->diags);
    assert_int_equal(ok, c->diags.error_count == 0);
    return ok;
}

static void check_loads(Run *run, How how) {
    if (!run_load(run, how))
        fail_msg("%.*s%.*s", STR_ARG(config_case_text(&run->c.diags, run->c.arena)),
                 STR_ARG(config_case_details(&run->c.diags, run->c.arena)));
}

static void check_refused(Run *run, How how, const char *summary) {
    assert_false(run_load(run, how));
    Str text = config_case_text(&run->c.diags, run->c.arena);
    if (str_find(text, str_from_cstr(summary), 0) == SIZE_MAX)
        fail_msg("not \"%s\": %.*s", summary, STR_ARG(text));
}

static Str content_of(Run *run, const char *call) {
    const ModuleCall *found = map_find(&run->c.config->root->calls, str_from_cstr(call));
    Str bytes;
    Str path = disk_join(found->module->directory, STR("main.loam.yaml"), run->c.arena);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, run->c.arena), 0);
    return bytes;
}

static size_t copy_count(Run *run) {
    DiskEntries entries = {0};
    size_t count = 0;
    assert_int_equal(disk_real.list(NULL, STR(".loam/modules"), &entries, run->c.arena), 0);
    vec_each(&entries, entry)
        count += entry->kind == DISK_DIRECTORY;
    return count;
}

static Str lock_of(Run *run) {
    Str text;
    assert_int_equal(disk_real.read_file(NULL, STR(MODULE_LOCK_NAME), &text, run->c.arena), 0);
    return text;
}

static void forget(void) {
    assert_int_equal(disk_remove_tree(&disk_real, STR(".loam")), 0);
}

static void installs_once(void **) {
    Run run = run_open("module:\n  a: {source: \"shop:x\"}\n  b: {source: \"shop:x//in\"}\n");
    check_refused(&run, LOOK, "Module not installed");
    check_loads(&run, INSTALL);
    assert_int_equal(shop.fetched, 1);
    assert_int_equal(copy_count(&run), 1);
    assert_int_equal(run.told.count, 4);
    check_str(run.told.items[0], "Downloading shop:x for a...");
    check_str(content_of(&run, "a"), "locals: {x: \"1.0.0\"}\n");
    check_loads(&run, LOOK);
    shop.revision = NULL;
    check_loads(&run, INSTALL);
    check_loads(&run, LOOK);
    assert_int_equal(shop.fetched, 1);
    forget();
    check_refused(&run, LOOK, "Module not installed");
    check_refused(&run, INSTALL, "Sold out");
    config_case_close(&run.c);
}

static void keeps_to_commits(void **) {
    Run run = run_open("module:\n  a: {source: \"shop:x\"}\n");
    shop.has_commits = true;
    check_loads(&run, INSTALL);
    shop.revision = "2.0.0";
    forget();
    check_loads(&run, INSTALL);
    check_str(content_of(&run, "a"), "locals: {x: \"1.0.0\"}\n");
    check_loads(&run, UPGRADE);
    check_str(content_of(&run, "a"), "locals: {x: \"2.0.0\"}\n");
    assert_true(str_find(lock_of(&run), STR("commit: \"2.0.0\""), 0) != SIZE_MAX);
    assert_int_equal(copy_count(&run), 1);
    config_case_close(&run.c);
}

/* Another user ran -upgrade and committed the lock file. */
static void other_lock(void **) {
    Run run = run_open("module:\n  a: {source: \"shop:x\"}\n");
    shop.has_commits = true;
    check_loads(&run, INSTALL);
    config_case_write(&run.c, MODULE_LOCK_NAME,
                      "modules:\n  - source: \"shop:x\"\n    commit: \"2.0.0\"\n");
    check_refused(&run, LOOK, "Module revision has changed");
    check_loads(&run, INSTALL);
    check_str(content_of(&run, "a"), "locals: {x: \"2.0.0\"}\n");
    check_loads(&run, LOOK);
    assert_int_equal(disk_real.remove(NULL, STR(MODULE_LOCK_NAME)), 0);
    check_loads(&run, LOOK);
    config_case_close(&run.c);
}

/* Two constraints that resolve to one version fetch it once. */
static void one_version(void **) {
    Run run = run_open("module:\n  a: {source: \"sign:x\"}\n"
                       "  b: {source: \"sign:x\", version: \"~> 1.0\"}\n");
    check_loads(&run, INSTALL);
    assert_int_equal(shop.fetched, 1);
    assert_int_equal(copy_count(&run), 1);
    check_str_equal(content_of(&run, "a"), content_of(&run, "b"));
    config_case_close(&run.c);
}

static void keeps_to_digests(void **) {
    Run run = run_open("module:\n  a: {source: \"shop:x\"}\n");
    check_loads(&run, INSTALL);
    shop.content = "other";
    forget();
    check_refused(&run, INSTALL, "Module differs from the lock file");
    check_loads(&run, UPGRADE);
    check_str(content_of(&run, "a"), "locals: {x: \"other\"}\n");
    Str path = disk_join(
        ((const ModuleCall *)map_find(&run.c.config->root->calls, STR("a")))->module->directory,
        STR("main.loam.yaml"), run.c.arena);
    config_case_write(&run.c, str_to_cstr(path, run.c.arena), "locals: {x: patched}\n");
    check_loads(&run, INSTALL);
    check_str(content_of(&run, "a"), "locals: {x: \"other\"}\n");
    config_case_close(&run.c);
}

static void versions(void **) {
    Run run = run_open("module:\n  a: {source: \"sign:x\", version: \"~> 1.0\"}\n");
    check_loads(&run, INSTALL);
    assert_true(str_find(lock_of(&run), STR("version: \"1.0.0\""), 0) != SIZE_MAX);
    assert_true(str_find(lock_of(&run), STR("subdir: \"in\""), 0) != SIZE_MAX);
    check_str(content_of(&run, "a"), "module:\n  up: {source: ../}\n");
    config_case_write(&run.c, "main.loam.yaml",
                      "module:\n  a: {source: \"sign:x\", version: \">= 1.1\"}\n");
    check_refused(&run, LOOK, "Module version has changed");
    config_case_write(&run.c, "main.loam.yaml",
                      "module:\n  a: {source: \"sign:x\", version: new}\n");
    check_refused(&run, INSTALL, "Invalid version constraint");
    config_case_write(&run.c, "main.loam.yaml",
                      "module:\n  a: {source: \"shop:x\", version: \"1.0\"}\n");
    check_refused(&run, INSTALL, "Invalid registry module source address");
    config_case_write(&run.c, "main.loam.yaml",
                      "module:\n  a: {source: \"./m\", version: \"1.0\"}\n");
    check_refused(&run, INSTALL, "Invalid registry module source address");
    config_case_close(&run.c);
}

static void refused_requests(void **) {
    static const char *const cases[][2] = {
        {"sign:round", "Too many redirects of a module source"},
        {"sign:local", "Unsupported module source"},
        {"shop:x//no", "Module directory not found"},
        {"shop:x//empty", "No configuration in the module directory"},
        {"shop:x//in/out", "Module path leads out of its package"},
        {"none:x", "Unsupported module source"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Run run = run_open("");
        Str text = str_format(run.c.arena, "module:\n  a: {source: \"%s\"}\n", cases[i][0]);
        config_case_write(&run.c, "main.loam.yaml", str_to_cstr(text, run.c.arena));
        check_refused(&run, INSTALL, cases[i][1]);
        assert_false(disk_exists(&disk_real, STR(MODULE_LOCK_NAME)));
        assert_false(disk_exists(&disk_real, STR(".loam/modules/.fetch")));
        config_case_close(&run.c);
    }
}

/* Files of a killed run are not used as a copy, and unused copies are removed. */
static void leftovers(void **) {
    Run run = run_open("module:\n  a: {source: \"shop:x\"}\n");
    config_case_write(&run.c, ".loam/modules/.fetch/package/main.loam.yaml", "torn");
    config_case_write(&run.c, ".loam/modules/old-0123456789abcdef/file", "");
    config_case_write(&run.c, ".loam/modules/mine/file", "");
    check_loads(&run, INSTALL);
    assert_false(disk_exists(&disk_real, STR(".loam/modules/.fetch")));
    assert_false(disk_exists(&disk_real, STR(".loam/modules/old-0123456789abcdef")));
    assert_true(disk_exists(&disk_real, STR(".loam/modules/mine/file")));
    config_case_close(&run.c);
}

static void secrets(void **) {
    Run run = run_open("module:\n  a: {source: \"shop://u:geheim@h/x?token=geheim\"}\n");
    check_loads(&run, INSTALL);
    Str record;
    assert_int_equal(
        disk_real.read_file(NULL, STR(".loam/modules/modules.json"), &record, run.c.arena), 0);
    assert_true(str_find(record, STR("geheim"), 0) == SIZE_MAX);
    assert_true(str_find(lock_of(&run), STR("geheim"), 0) == SIZE_MAX);
    vec_each(&run.told, line)
        assert_true(str_find(*line, STR("geheim"), 0) == SIZE_MAX);
    check_loads(&run, LOOK);
    shop.revision = NULL;
    check_refused(&run, UPGRADE, "Sold out");
    assert_null(run.c.diags.items[0].range.source);
    check_str(run.c.diags.items[0].address, "module.a");
    config_case_close(&run.c);
}

static void copied(void **) {
    Run run = run_open("");
    ModuleInstallOptions options = {.io = &run.c.io,
                                    .directory = STR("."),
                                    .data_directory = STR(".loam"),
                                    .install = true,
                                    .sources = &sources};
    ModuleInstall *install;
    assert_true(module_install_open(&options, &install, run.c.arena, &run.c.diags));
    assert_true(module_install_copy(install, STR("sign:x"), STR("new"), &run.c.diags));
    assert_true(disk_exists(&disk_real, STR("new/out/main.loam.yaml")));
    assert_false(disk_exists(&disk_real, STR(".loam/modules/.fetch")));
    assert_false(module_install_copy(install, STR("sign:x"), STR("new"), &run.c.diags));
    assert_true(module_install_copy(install, STR("./new"), STR("again"), &run.c.diags));
    assert_true(disk_exists(&disk_real, STR("again/main.loam.yaml")));
    module_install_close(install);
    config_case_close(&run.c);
}

static bool no_sleep(void *self, int64_t ms, const CancelToken *cancel) {
    (void)self, (void)ms, (void)cancel;
    return false;
}

/* Unused copies are kept while another process installs modules. */
static void copies_of_another(void **) {
    Run run = run_open("module: {a: {source: 'shop:x'}}\n");
    Clock clock = clock_real;
    DiskFile guard;
    pid_t holder;
    clock.sleep_ms = no_sleep;
    run.c.io.clock = &clock;
    check_loads(&run, INSTALL);
    assert_int_equal(copy_count(&run), 1);
    config_case_write(&run.c, "main.loam.yaml", "locals: {x: 1}\n");
    assert_int_equal(disk_real.open(NULL, STR(".loam/modules/.lock"), DISK_WRITE, 0, &guard), 0);
    assert_int_equal(disk_real.lock(NULL, guard, &holder), 0);
    check_refused(&run, INSTALL, "Module installation in progress");
    assert_int_equal(copy_count(&run), 1);
    disk_real.close(NULL, guard);
    check_loads(&run, INSTALL);
    assert_int_equal(copy_count(&run), 0);
    config_case_close(&run.c);
}

UNIT_MAIN(test_module_install) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(installs_once),     cmocka_unit_test(keeps_to_commits),
        cmocka_unit_test(keeps_to_digests),  cmocka_unit_test(other_lock),
        cmocka_unit_test(one_version),       cmocka_unit_test(versions),
        cmocka_unit_test(refused_requests),  cmocka_unit_test(leftovers),
        cmocka_unit_test(secrets),           cmocka_unit_test(copied),
        cmocka_unit_test(copies_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
