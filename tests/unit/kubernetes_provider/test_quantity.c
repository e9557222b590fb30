/* The canonical forms of apimachinery 0.34.4. */
#include "unit.h"

#include "quantity.h"

typedef struct QuantityCase {
    const char *text;
    const char *canonical; /* NULL: not a quantity */
} QuantityCase;

static const QuantityCase cases[] = {
    {"0", "0"},
    {"1", "1"},
    {"1000m", "1"},
    {"1500m", "1500m"},
    {"100m", "100m"},
    {"0.1", "100m"},
    {"0.5Gi", "512Mi"},
    {"1.5Gi", "1536Mi"},
    {"1Gi", "1Gi"},
    {"1024Mi", "1Gi"},
    {"1025Mi", "1025Mi"},
    {"2048Ki", "2Mi"},
    {"2047Ki", "2047Ki"},
    {"1024Ki", "1Mi"},
    {"1536Ki", "1536Ki"},
    {"1000Ki", "1000Ki"},
    {"8Ki", "8Ki"},
    {"9Ki", "9Ki"},
    {"128Mi", "128Mi"},
    {"129974848", "129974848"},
    {"123Mi", "123Mi"},
    {"1e3", "1e3"},
    {"1E3", "1E3"},
    {"12e6", "12e6"},
    {"1e4", "10e3"},
    {"1e-3", "1e-3"},
    {"100e-3", "100e-3"},
    {"5n", "5n"},
    {"0.1n", "1n"},
    {"1.5n", "2n"},
    {"1500u", "1500u"},
    {"2k", "2k"},
    {"2000", "2k"},
    {"2000k", "2M"},
    {"1000M", "1G"},
    {"+5", "+5"},
    {"-5", "-5"},
    {"-1000m", "-1"},
    {"007", "007"},
    {"00", "0"},
    {"-0", "0"},
    {"0m", "0"},
    {"0Ki", "0"},
    {"1.0", "1"},
    {"1.000", "1"},
    {".5", "500m"},
    {"1.", "1."},
    {"1.G", "1.G"},
    {"0.100", "100m"},
    {"0.25Ki", "256"},
    {"0.5Ki", "512"},
    {"1.5Ki", "1536"},
    {"1.25Ki", "1280"},
    {"100Ti", "100Ti"},
    {"1Pi", "1Pi"},
    {"8Ei", "9223372036854775807"},
    {"10Ei", "9223372036854775807"},
    {"1000000000000000000", "1E"},
    {"10000000000000000000", "10E"},
    {"9E", "9E"},
    {"1e18", "1e18"},
    {"1e21", "1e21"},
    {"0.000000001", "1n"},
    {"0.0000000001", "1n"},
    {"1023.5Ki", "1048064"},
    {"0.3Ki", "307200m"},
    {"3.3Gi", "3543348019200m"},
    {"64Ti", "64Ti"},
    {"500Ti", "500Ti"},
    {"16Gi", "16Gi"},
    {"17179869184", "17179869184"},
    {"1Ti", "1Ti"},
    {"1.1Mi", "1153433600m"},
    {"4000m", "4"},
    {"250000u", "250m"},
    {"1000000n", "1m"},
    {"", NULL},
    {"abc", NULL},
    {"1x", NULL},
    {"1 Gi", NULL},
    {"Gi", "0"},
    {"1gi", NULL},
    {"1KiB", NULL},
    {"1e", NULL},
    {"e3", "0"},
    {"--1", NULL},
    {"1_0", NULL},
    {"0x1", NULL},
    {"1.5.5", NULL},
    {"m", "0"},
    {"1K", NULL},
    {"1h", NULL},
    {"1T", "1T"},
    {"1234567.891k", "1234567.891k"},
    {"0.001m", "1u"},
    {"1e99", "1e99"},
    {" 1000m ", "1"},
    {"1e301", NULL},
    {"12345678901234567890123456789", NULL},
    {"1234567890123456789Ki", NULL},
};

static void test_canonical(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = str_from_cstr(cases[i].text);
        Str found = STR("(none)");
        bool is_quantity = quantity_canonical(text, &found, arena);
        check_str_at(is_quantity ? found : STR("(none)"),
                     cases[i].canonical ? str_from_cstr(cases[i].canonical) : STR("(none)"),
                     cases[i].text, __FILE__, __LINE__);
    }
}

UNIT_MAIN(test_quantity) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_canonical)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
