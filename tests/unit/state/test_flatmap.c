/* Attributes of old states as nested JSON. */
#include "unit.h"

#include "flatmap.h"

static void cases(void **unused) {
    (void)unused;
    static const struct {
        const char *flat; /* name=value, separated by blanks */
        const char *json;
    } table[] = {
        {"",                                   "{}"                                   },
        {"b=2 a=1",                            "{\"a\":\"1\",\"b\":\"2\"}"            },
        {"l.#=0",                              "{\"l\":[]}"                           },
        {"l.#=11 l.0=a l.10=c l.9=b",          "{\"l\":[\"a\",\"b\",\"c\"]}"          },
        {"m.%=0",                              "{\"m\":{}}"                           },
        {"m.%=2 m.x.y=1 m.z=2",                "{\"m\":{\"x.y\":\"1\",\"z\":\"2\"}}"  },
        {"d.#=1 d.0.n=x d.0.s.#=1 d.0.s.99=y", "{\"d\":[{\"n\":\"x\",\"s\":[\"y\"]}]}"},
        {"o.a=1 o.b=2",                        "{\"o\":{\"a\":\"1\",\"b\":\"2\"}}"    },
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        Map flat = map_new(arena);
        Str rest = str_from_cstr(table[i].flat);
        Str pair;
        while (str_next_field(&rest, ' ', &pair)) {
            size_t equals = str_find_char(pair, '=', 0);
            if (equals == SIZE_MAX)
                continue;
            Str *value = arena_new(arena, Str);
            *value = str_after(pair, equals + 1);
            map_set(&flat, str_slice(pair, 0, equals), value);
        }
        check_str(flatmap_to_json(&flat, arena), table[i].json);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
