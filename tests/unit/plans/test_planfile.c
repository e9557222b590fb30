#include "plan_json.h"
#include "plan_sample.h"
#include "planfile.h"

#include <unistd.h>

typedef struct Case {
    Io io;
    Str directory;
    Str path;
    Diags diags;
} Case;

static Case begin(void) {
    char *directory = (char *)str_to_cstr(STR("/tmp/planfile-XXXXXX"), arena);
    assert_non_null(mkdtemp(directory));
    Case test = {.io = {.disk = &disk_real}, .directory = str_from_cstr(directory)};
    test.path = disk_join(test.directory, STR("p"), arena);
    test.diags = diags_new(arena);
    return test;
}

static void end(Case *test) {
    (void)disk_real.remove(NULL, test->path);
    assert_int_equal(disk_real.remove(NULL, test->directory), 0);
}

static Plan *sample(void) {
    Plan *plan = plan_sample();
    plan->prior_state = STR("{\"version\":4}");
    plan->previous_state = STR("{\"version\":4,\"serial\":1}");
    return plan;
}

static void write_sample(Case *test) {
    PlanFileSources sources = {0};
    vec_push(arena, &sources, (PlanFileSource){STR("main.yaml"), STR("a: 1\n")});
    vec_push(arena, &sources, (PlanFileSource){STR("../m/main.yaml"), STR("")});
    assert_true(planfile_write(&(PlanFilePlace){&test->io, test->path, NULL, STR_EMPTY}, sample(),
                               &sources, arena, &test->diags));
}

static Str bytes_of(const Case *test) {
    Str bytes;
    assert_int_equal(disk_real.read_file(NULL, test->path, &bytes, arena), 0);
    return bytes;
}

static void there_and_back(void **) {
    Case test = begin();
    write_sample(&test);
    assert_true(planfile_is_planfile(bytes_of(&test)));
    DiskStat stat;
    assert_int_equal(disk_real.stat(NULL, test.path, &stat), 0);
    assert_int_equal(stat.mode & 0777, 0600);
    Plan *plan;
    PlanFileSources sources = {0};
    assert_true(planfile_read(&(PlanFilePlace){&test.io, test.path, NULL, STR_EMPTY}, &plan,
                              &sources, arena, &test.diags));
    check_str_equal(plan_json_encode(plan, arena), plan_json_encode(sample(), arena));
    check_str(plan->prior_state, "{\"version\":4}");
    check_str(plan->previous_state, "{\"version\":4,\"serial\":1}");
    assert_int_equal(sources.count, 2);
    check_str(sources.items[0].path, "main.yaml");
    check_str(sources.items[0].bytes, "a: 1\n");
    check_str(sources.items[1].path, "../m/main.yaml");
    check_str(sources.items[1].bytes, "");
    end(&test);
}

static void the_same_bytes_twice(void **) {
    Case test = begin();
    write_sample(&test);
    Str first = bytes_of(&test);
    write_sample(&test);
    check_str_equal(bytes_of(&test), first);
    end(&test);
}

static void check_refused(Case *test, Str bytes) {
    Plan *plan = NULL;
    PlanFileSources sources = {0};
    size_t before = test->diags.error_count;
    assert_int_equal(disk_real.write_file(NULL, test->path, bytes, 0600), 0);
    assert_false(planfile_read(&(PlanFilePlace){&test->io, test->path, NULL, STR_EMPTY}, &plan,
                               &sources, arena, &test->diags));
    assert_int_equal(test->diags.error_count, before + 1);
    assert_null(plan);
}

static void no_plan_files(void **) {
    Case test = begin();
    check_refused(&test, STR(""));
    check_refused(&test, STR("{\"version\": 4}"));
    check_refused(&test, STR("PK\x03\x04 and so on"));
    check_str(test.diags.items[0].summary, "Not a plan file");
    end(&test);
    Plan *plan;
    PlanFileSources sources = {0};
    assert_false(planfile_read(&(PlanFilePlace){&test.io, test.path, NULL, STR_EMPTY}, &plan,
                               &sources, arena, &test.diags));
}

/* The digests notice a change of any byte of the content. */
static void changed_bytes(void **) {
    Case test = begin();
    write_sample(&test);
    Str whole = bytes_of(&test);
    size_t accepted = 0;
    for (size_t i = 0; i < whole.len; i += 13) {
        char *copy = arena_new_array(arena, char, whole.len);
        memcpy(copy, whole.ptr, whole.len);
        copy[i] = (char)(copy[i] ^ 0x41);
        assert_int_equal(disk_real.write_file(NULL, test.path, (Str){copy, whole.len}, 0600), 0);
        Plan *plan;
        PlanFileSources sources = {0};
        if (!planfile_read(&(PlanFilePlace){&test.io, test.path, NULL, STR_EMPTY}, &plan, &sources,
                           arena, &test.diags))
            continue;
        accepted++; /* in metadata of the archive, such as a date */
        check_str_equal(plan_json_encode(plan, arena), plan_json_encode(sample(), arena));
        check_str(plan->prior_state, "{\"version\":4}");
    }
    assert_true(accepted < whole.len / 13 / 2);
    end(&test);
}

static void cut_short(void **) {
    Case test = begin();
    write_sample(&test);
    Str whole = bytes_of(&test);
    check_refused(&test, str_slice(whole, 0, whole.len / 2));
    check_refused(&test, str_slice(whole, 0, 40));
    end(&test);
}

static void no_place_to_write(void **) {
    Case test = begin();
    PlanFileSources sources = {0};
    Str path = disk_join(test.directory, STR("none/p"), arena);
    assert_false(planfile_write(&(PlanFilePlace){&test.io, path, NULL, STR_EMPTY}, sample(),
                                &sources, arena, &test.diags));
    assert_int_equal(test.diags.error_count, 1);
    end(&test);
}

/* The digest is that of the stored bytes. Another one is rejected before anything is read. */
static void expected_digest(void **) {
    Case test = begin();
    Plan *plan;
    PlanFileSources sources = {0};
    write_sample(&test);
    PlanFilePlace place = {&test.io, test.path, NULL, planfile_digest(bytes_of(&test), arena)};
    assert_true(planfile_read(&place, &plan, &sources, arena, &test.diags));
    check_str_equal(plan->digest, place.expected);
    place.expected = planfile_digest(STR("another plan"), arena);
    check_str(place.expected,
              "sha256:77ddfb898d260e3b10990dcc3789ea8bd9a7aba33680543f531dc7d842f55b79");
    assert_false(planfile_read(&place, &plan, &sources, arena, &test.diags));
    check_str(test.diags.items[0].summary, "Saved plan is not the expected one");
    end(&test);
}

UNIT_MAIN(test_planfile) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(there_and_back),  PLAN_CASE(the_same_bytes_twice),
        PLAN_CASE(no_plan_files),   PLAN_CASE(changed_bytes),
        PLAN_CASE(cut_short),       PLAN_CASE(no_place_to_write),
        PLAN_CASE(expected_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
