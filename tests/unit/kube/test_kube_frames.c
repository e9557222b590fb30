/* Lines of a stream, whatever its pieces are. */
#include "unit.h"

#include "kube_frames.h"

#define STREAM "{\"a\":1}\n\n{\"b\":\"\xc3\xa4\"}\n{\"c\":3}\nrest"

/* Returns the lines joined by "|" for pieces of this size. */
static Str lines_of(Str stream, size_t size, Str *rest, Arena *arena) {
    KubeFrames frames = kube_frames_new(arena);
    StrBuf out = strbuf_new(arena);
    Str line;
    for (size_t at = 0; at < stream.len; at += size) {
        kube_frames_add(&frames,
                        str_slice(stream, at, at + size < stream.len ? at + size : stream.len));
        while (kube_frames_next(&frames, &line)) {
            strbuf_add(&out, line);
            strbuf_add_char(&out, '|');
        }
    }
    *rest = str_clone(kube_frames_rest(&frames), arena);
    return strbuf_str(&out);
}

static void pieces(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t size = 1; size <= sizeof STREAM; size++) {
        Str rest;
        check_str(lines_of(STR(STREAM), size, &rest, arena),
                  "{\"a\":1}||{\"b\":\"\xc3\xa4\"}|{\"c\":3}|");
        check_str(rest, "rest");
    }
}

/* A megabyte of lines does not keep a megabyte. */
static void memory(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeFrames frames = kube_frames_new(arena);
    size_t count = 0;
    Str line;
    for (int i = 0; i < 100000; i++) {
        kube_frames_add(&frames, STR("0123456\n89"));
        while (kube_frames_next(&frames, &line))
            count++;
    }
    assert_int_equal(count, 100000);
    assert_true(arena_used(arena) < 4096);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces),
        cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
