/* bundle_web: a copy of a bundle at a URL appears whole. It has the files that were asked for, and
 * no bytes that differ from the list. */
#include "bundle_case.h"
#include "bundle_web.h"
#include "thread.h"

#include <stdatomic.h>
#include <stdlib.h>

#define URL "https://files.example/kubernetes/"

typedef struct Case {
    Arena *arena;
    Io io;
    Http http;
    Str directory; /* of the server: the bundle is in "b" */
    Str damaged;   /* the server sends other bytes for this file; empty: none */
    bool is_down;  /* the server has no connection */
    _Atomic int requests;
    Diags diags;
    Bundle bundle;
    BundleWeb web;
} Case;

static HttpStatus serve(void *self, const HttpRequest *request, const HttpSink *sink,
                        HttpResponse *response, Str *problem, Arena *arena) {
    Case *c = self;
    Str bytes;
    assert_true(str_starts_with(request->url, STR(URL)));
    Str name = str_after(request->url, sizeof URL - 1);
    atomic_fetch_add(&c->requests, 1);
    *problem = STR("connection refused");
    if (c->is_down)
        return HTTP_NO_CONNECTION;
    Str path = disk_join(disk_join(c->directory, STR("b"), arena), name, arena);
    int error = c->io.disk->read_file(c->io.disk->self, path, &bytes, arena);
    response->code = error ? 404 : 200;
    if (error || str_equal(name, c->damaged))
        bytes = STR("other bytes");
    return sink->write(sink->payload, bytes) == 0 ? HTTP_DONE : HTTP_NOT_KEPT;
}

static int set_up(void **state) {
    char place[] = "/tmp/loam-bundle-XXXXXX";
    Arena *arena = arena_open("test");
    Case *c = arena_new(arena, Case);
    *state = c;
    if (!mkdtemp(place))
        return -1;
    c->arena = arena;
    c->io = io_real();
    c->http = (Http){.self = c, .attempt = serve};
    c->io.http = &c->http;
    c->directory = str_clone(str_from_cstr(place), arena);
    c->diags = diags_new(arena);
    bundle_case_make(&c->io, c->directory, "b", &c->bundle, arena, &c->diags);
    c->web = (BundleWeb){.io = &c->io,
                         .url = STR(URL),
                         .cache = disk_join(c->directory, STR("cache"), arena),
                         .pin = {.digest = c->bundle.digest}};
    return 0;
}

static int tear_down(void **state) {
    Case *c = *state;
    int error = disk_remove_tree(c->io.disk, c->directory);
    arena_close(c->arena);
    return error;
}

static void check_problem(const Case *c, const char *part) {
    assert_true(c->diags.error_count > 0);
    Str detail = c->diags.items[c->diags.count - 1].detail;
    if (str_find(detail, str_from_cstr(part), 0) == SIZE_MAX)
        fail_msg("\"%.*s\" does not have \"%s\"", STR_ARG(detail), part);
}

static bool read_copy(Case *c, Str directory, Bundle *out) {
    BundleRequest request = {.disk = c->io.disk, .path = directory, .pin = c->web.pin};
    return bundle_reader_open(&request, out, c->arena, &c->diags);
}

static void a_copy(void **state) {
    Case *c = *state;
    Str copy, again;
    Bundle bundle = {0};
    StrVec paths = {0};
    assert_true(bundle_web_open(&c->web, &copy, c->arena, &c->diags));
    assert_int_equal(c->requests, 2);
    assert_true(read_copy(c, copy, &bundle));
    vec_push(c->arena, &paths, STR("bin/x"));
    for (int i = 0; i < 2; i++)
        assert_true(bundle_web_fetch(&c->web, copy, &bundle, &paths, c->arena, &c->diags));
    assert_int_equal(c->requests, 3); /* the copy has it then */
    assert_false(disk_exists(c->io.disk, disk_join(copy, STR("manifests/y.yaml"), c->arena)));
    BundleRequest request = {.disk = c->io.disk, .path = copy, .pin = c->web.pin};
    Str archive = disk_join(c->directory, STR("archive.tar"), c->arena);
    assert_true(bundle_reader_pack(&request, &paths, archive, c->arena, &c->diags));
    c->is_down = true; /* the pin says which copy it is */
    assert_true(bundle_web_open(&c->web, &again, c->arena, &c->diags));
    check_str_equal(again, copy);
}

/* A copy that was damaged on disk is downloaded again. */
static void a_damaged_copy(void **state) {
    Case *c = *state;
    const Disk *disk = c->io.disk;
    Str copy, bytes;
    Bundle bundle = {0};
    StrVec paths = {0};
    assert_true(bundle_web_open(&c->web, &copy, c->arena, &c->diags));
    assert_true(read_copy(c, copy, &bundle));
    vec_push(c->arena, &paths, STR("bin/x"));
    assert_true(bundle_web_fetch(&c->web, copy, &bundle, &paths, c->arena, &c->diags));
    Str path = disk_join(copy, STR("bin/x"), c->arena);
    assert_int_equal(disk->write_file(disk->self, path, STR("progrXm"), 0600), 0);
    assert_true(bundle_web_fetch(&c->web, copy, &bundle, &paths, c->arena, &c->diags));
    assert_int_equal(disk->read_file(disk->self, path, &bytes, c->arena), 0);
    check_str(bytes, "program");
}

/* Whichever file the server damages, nothing of it is kept. */
static void damaged_files(void **state) {
    Case *c = *state;
    static const char *const names[] = {"SHA256SUMS", "bundle.json", "bin/x"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Str copy;
        Bundle bundle = {0};
        StrVec paths = {0};
        c->damaged = str_from_cstr(names[i]);
        vec_push(c->arena, &paths, STR("bin/x"));
        bool is_open = bundle_web_open(&c->web, &copy, c->arena, &c->diags);
        assert_int_equal(is_open, i == 2);
        assert_false(is_open && read_copy(c, copy, &bundle) &&
                     bundle_web_fetch(&c->web, copy, &bundle, &paths, c->arena, &c->diags));
        check_problem(c, i == 2 ? "another digest" : "is not used");
        assert_false(disk_exists(c->io.disk, disk_join(copy, STR("bin/x"), c->arena)));
        assert_int_equal(disk_exists(c->io.disk, copy), i == 2);
    }
}

static void no_bundle(void **state) {
    Case *c = *state;
    Str copy;
    c->directory = disk_join(c->directory, STR("none"), c->arena);
    assert_false(bundle_web_open(&c->web, &copy, c->arena, &c->diags));
    c->directory = disk_directory_of(c->directory);
    check_problem(c, "the URL must be that of a directory");
    c->web.pin.digest = STR("00");
    assert_false(bundle_web_open(&c->web, &copy, c->arena, &c->diags));
    check_problem(c, "the digest of its SHA256SUMS is");
}

typedef struct Opening {
    Case *c;
    bool is_good;
} Opening;

static void *open_and_read(void *payload) {
    Opening *opening = payload;
    Case *c = opening->c;
    SCOPED(ArenaRef) arena = arena_open("opening");
    Diags diags = diags_new(arena);
    Bundle bundle = {0};
    Str copy;
    opening->is_good = bundle_web_open(&c->web, &copy, arena, &diags);
    BundleRequest request = {.disk = c->io.disk, .path = copy, .pin = c->web.pin};
    opening->is_good = opening->is_good && bundle_reader_open(&request, &bundle, arena, &diags);
    return NULL;
}

/* All machines of a cluster open the bundle at the same time. */
static void many_at_once(void **state) {
    Case *c = *state;
    enum { COUNT = 8, ROUNDS = 20 };
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[COUNT];
        Opening openings[COUNT];
        for (int i = 0; i < COUNT; i++) {
            openings[i] = (Opening){.c = c};
            assert_int_equal(pthread_create(&threads[i], NULL, open_and_read, &openings[i]), 0);
        }
        for (int i = 0; i < COUNT; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < COUNT; i++)
            assert_true(openings[i].is_good);
        DiskEntries left = {0};
        assert_int_equal(c->io.disk->list(c->io.disk->self, c->web.cache, &left, c->arena), 0);
        assert_int_equal(left.count, 1);
        assert_int_equal(disk_remove_tree(c->io.disk, c->web.cache), 0);
    }
}

static void urls(void **state) {
    Case *c = *state;
    static const struct {
        const char *url, *problem;
    } cases[] = {
        {"https://files.example/a", ""},
        {"http://[2001:db8::1]:8080/a%20b/", ""},
        {"files.example/a", "begin with"},
        {"file:///a", "begin with"},
        {"ssh://files.example/a", "begin with"},
        {"https://", "name a host"},
        {"https://me:secret@files.example/a", "user or a password"},
        {"https://files.example/a?b=c", "without \"?\""},
        {"https://files.example/a#b", "without \"?\""},
        {"https://files.example/a b", "must be encoded"},
        {"https://files.example/a\nb", "must be encoded"},
        {"https://files.example/$(a)", "must be encoded"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str found = bundle_web_check_url(str_from_cstr(cases[i].url), c->arena);
        Str part = str_from_cstr(cases[i].problem);
        assert_int_equal(found.len > 0, part.len > 0);
        if (str_find(found, part, 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i].url, STR_ARG(found));
        assert_true(str_find(found, STR("secret"), 0) == SIZE_MAX);
    }
}

UNIT_MAIN(test_bundle_web) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_copy),    CASE(a_damaged_copy), CASE(damaged_files),
        CASE(no_bundle), CASE(many_at_once),   CASE(urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
