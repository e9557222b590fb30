/* The dependency lock file, byte for byte as Terraform 1.11 writes it. */
#include "arena_case.h"

#include "dependency_lock.h"

static const char canonical[] = "# This file is maintained automatically by \"terraform init\".\n"
                                "# Manual edits may be lost in future updates.\n"
                                "\n"
                                "provider \"example.com/acme/fake\" {\n"
                                "  version = \"1.3.0\"\n"
                                "}\n"
                                "\n"
                                "provider \"registry.terraform.io/acme/fake\" {\n"
                                "  version = \"2.0.0\"\n"
                                "  hashes = [\n"
                                "    \"h1:+1+zF+cT6AKlBxPt8IJoXLMbGWcBK7SCNzlcV8SGMns=\",\n"
                                "  ]\n"
                                "}\n"
                                "\n"
                                "provider \"registry.terraform.io/acme/other\" {\n"
                                "  version     = \"1.3.0-rc1\"\n"
                                "  constraints = \">= 1.0.0, ~> 1.2\"\n"
                                "  hashes = [\n"
                                "    \"h1:AAAA\",\n"
                                "    \"h1:BBBB\",\n"
                                "    \"zh:00\",\n"
                                "  ]\n"
                                "}\n";

static DependencyLock parse(const char *text) {
    DependencyLock lock = {0};
    Diags diags = diags_new(arena);
    if (!dependency_lock_parse(STR("f"), str_from_cstr(text), &lock, arena, &diags))
        fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    return lock;
}

static void round_trip(void **) {
    DependencyLock lock = parse(canonical);
    assert_int_equal(lock.entries.count, 3);
    check_str(dependency_lock_text(&lock, arena), canonical);
    check_str(dependency_lock_find(&lock, STR("registry.terraform.io/acme/other"))->version,
              "1.3.0-rc1");
    assert_null(dependency_lock_find(&lock, STR("registry.terraform.io/acme/none")));
}

/* Other spellings give the canonical text: order, comments, alignment, repeated hashes. */
static void normal_form(void **) {
    DependencyLock lock =
        parse("provider \"registry.terraform.io/acme/other\" {\n"
              "hashes = [\"zh:00\", \"h1:BBBB\", \"h1:AAAA\", \"h1:BBBB\"]\n"
              "  constraints=\">= 1.0.0, ~> 1.2\" # why\n"
              "  version = \"1.3.0-rc1\"\n}\n"
              "provider \"registry.terraform.io/acme/fake\" { version = \"1.0.0\" }\n"
              "provider \"example.com/acme/fake\" { version = \"1.3.0\" }\n");
    DependencyEntry entry = {.address = STR("registry.terraform.io/acme/fake"),
                             .version = STR("2.0.0")};
    vec_push(arena, &entry.hashes, STR("h1:+1+zF+cT6AKlBxPt8IJoXLMbGWcBK7SCNzlcV8SGMns="));
    dependency_lock_set(&lock, entry, arena);
    check_str(dependency_lock_text(&lock, arena), canonical);
    DependencyLock tofu = parse("# This file is maintained automatically by \"tofu init\".\n");
    check_str(dependency_lock_text(&tofu, arena),
              "# This file is maintained automatically by \"tofu init\".\n"
              "# Manual edits may be lost in future updates.\n");
}

static void refused(void **) {
    static const char *const cases[] = {
        "a = 1\n",
        "resource \"x\" {}\n",
        "provider {}\n",
        "provider \"fake\" { version = \"1.0.0\" }\n",
        "provider \"a/../b\" { version = \"1.0.0\" }\n",
        "provider \"h/a/..\" { version = \"1.0.0\" }\n",
        "provider \"h/a/b\" {}\n",
        "provider \"h/a/b\" { version = \"1\" }\n",
        "provider \"h/a/b\" { version = \"1.0.0/../..\" }\n",
        "provider \"h/a/b\" { version = 1 }\n",
        "provider \"h/a/b\" { version = var.x }\n",
        "provider \"h/a/b\" {\n version = \"1.0.0\"\n constraints = \"x\"\n}\n",
        "provider \"h/a/b\" {\n version = \"1.0.0\"\n hashes = \"h1:x\"\n}\n",
        "provider \"h/a/b\" {\n version = \"1.0.0\"\n hashes = [1]\n}\n",
        "provider \"h/a/b\" {\n version = \"1.0.0\"\n other = 1\n}\n",
        "provider \"h/a/b\" { version = \"1.0.0\" }\nprovider \"h/a/b\" { version = \"1.0.0\" }\n",
        "provider \"h/a/b\" {\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        DependencyLock lock;
        Diags diags = diags_new(arena);
        if (dependency_lock_parse(STR("f"), str_from_cstr(cases[i]), &lock, arena, &diags))
            fail_msg("accepted: %s", cases[i]);
        assert_true(diags.error_count > 0);
    }
}

UNIT_MAIN(test_dependency_lock) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(normal_form),
                                       cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
