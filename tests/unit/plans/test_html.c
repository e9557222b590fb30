#include "html.h"
#include "plan_case.h"

static void escapes(void **) {
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"", ""},
        {"plain ü", "plain ü"},
        {"<a href='x'>&\"</a>", "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;"},
        {"a\tb\nc", "a\tb\nc"},
        {"\033[31m\x01\x7f", "\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd"},
        {"&amp;", "&amp;amp;"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(html_of(str_from_cstr(cases[i].text), arena), cases[i].wanted);
}

UNIT_MAIN(test_html) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
