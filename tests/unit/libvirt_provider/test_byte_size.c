/* Sizes as text. */
#include "byte_size.h"

#include "unit.h"

static void test_parse(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is_size;
        uint64_t bytes;
    } cases[] = {
        {"0",           true,  0           },
        {"1073741824",  true,  1073741824  },
        {"512M",        true,  512ull << 20},
        {"20G",         true,  20ull << 30 },
        {"20GiB",       true,  20ull << 30 },
        {"1 T",         true,  1ull << 40  },
        {"64K",         true,  65536       },
        {"12B",         true,  12          },
        {"",            false, 0           },
        {"G",           false, 0           },
        {"20GB",        false, 0           },
        {"1.5G",        false, 0           },
        {"-1",          false, 0           },
        {"9999999999T", false, 0           },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint64_t bytes = 0;
        bool is_size = byte_size_parse(str_from_cstr(cases[i].text), &bytes);
        if (is_size != cases[i].is_size || bytes != cases[i].bytes)
            fail_msg("%s: %d %llu", cases[i].text, is_size, (unsigned long long)bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
