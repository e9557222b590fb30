/* ruleset_text: the commands for nft, rejected texts, and nft's errors at their arguments. */
#include "nftables_provider.h"
#include "resource_case.h"
#include "ruleset_text.h"

#define HEAD "{\"host\":\"10.0.0.1\",\"family\":\"inet\",\"name\":\"loam\","

static RulesetText text_of(ResourceCase *c, const char *rest) {
    Str json = str_format(c->arena, HEAD "%s}", rest);
    return ruleset_text_of(case_call(c), case_config(c, str_to_cstr(json, c->arena)));
}

static void test_commands(void **state) {
    (void)state;
    ResourceCase c = case_open(&nftables_table);
    RulesetText text = text_of(
        &c,
        "\"sets\":{\"admin\":{\"type\":\"ipv4_addr\",\"flags\":[\"interval\",\"timeout\"],"
        "\"timeout\":\"1h\",\"size\":8,\"auto_merge\":true,\"elements\":[\"10.0.0.1\",\"10.1.0.0/"
        "16\"]}},"
        "\"maps\":{\"ports\":{\"type\":\"inet_service : verdict\",\"elements\":[\"22 : jump "
        "ssh\"]}},"
        "\"chains\":{\"ssh\":{\"rules\":[\" accept \"]},"
        "\"in\":{\"type\":\"filter\",\"hook\":\"ingress\",\"priority\":\"-10\",\"policy\":\"drop\","
        "\"devices\":[\"eth0\",\"eth1\"],\"rules\":[\"ct state new accept\",\"drop\"]}}");
    check_str(
        text.text,
        "table inet loam\n"
        "delete table inet loam\n"
        "add table inet loam\n"
        "add chain inet loam in { type filter hook ingress devices = { \"eth0\", \"eth1\" } "
        "priority -10; policy drop; }\n"
        "add chain inet loam ssh\n"
        "add set inet loam admin { type ipv4_addr; flags interval,timeout; timeout 1h; size 8; "
        "auto-merge; elements = { 10.0.0.1, 10.1.0.0/16 }; }\n"
        "add map inet loam ports { type inet_service : verdict; elements = { 22 : jump ssh }; }\n"
        "add rule inet loam in ct state new accept\n"
        "add rule inet loam in drop\n"
        "add rule inet loam ssh accept\n");
    assert_int_equal(text.lines.count, 10);
    check_str(path_to_str(text.lines.items[8].path, c.arena), ".chains[\"in\"].rules[1]");
    check_str(text_of(&c, "\"chains\":null").text,
              "table inet loam\ndelete table inet loam\nadd table inet loam\n");
    case_close(&c);
}

static void test_validation(void **) {
    static const struct {
        const char *rest;
        const char *error; /* NULL: valid */
    } cases[] = {
        {"\"chains\":{\"c\":{\"rules\":[\"log prefix \\\"a;{#\\\" accept\"]}}", NULL},
        {"\"chains\":{\"c\":{\"rules\":[\"tcp dport { 1, 2 } accept\"]}}", NULL},
        {"\"chains\":{\"c\":{\"rules\":[\"tcp dport { 1, 2 accept\"]}}", "\"}\" is missing"},
        {"\"chains\":{\"c\":{\"rules\":[\"accept } }\"]}}", "without \"{\""},
        {"\"chains\":{\"c\":{\"rules\":[\"accept; drop\"]}}", "ends a command"},
        {"\"chains\":{\"c\":{\"rules\":[\"jump { drop; }\"]}}", "ends a command"},
        {"\"chains\":{\"c\":{\"rules\":[\"accept\\ndelete table ip nat\"]}}", "several lines"},
        {"\"chains\":{\"c\":{\"rules\":[\"log prefix \\\"a accept\"]}}", "quotation mark"},
        {"\"chains\":{\"c\":{\"rules\":[\"accept # x\"]}}", "comment"},
        {"\"chains\":{\"c\":{\"rules\":[\"accept \\\\\"]}}", "comment"},
        {"\"chains\":{\"c\":{\"rules\":[\"index 3 accept\"]}}", "by its index"},
        {"\"chains\":{\"c\":{\"rules\":[null]}}", "null"},
        {"\"chains\":{\"c d\":{}}", "begin with a letter"},
        {"\"sets\":{\"s\":{\"type\":\"ipv4_addr; }\"}}", "ends a command"},
        {"\"sets\":{\"s\":{\"type\":\"x {}\"}}", "Braces"},
        {"\"sets\":{\"s\":{\"type\":\"x\",\"elements\":[\"1 }\"]}}", "without \"{\""},
        {"\"sets\":{\"s\":{\"type\":\"x\"}},\"maps\":{\"s\":{\"type\":\"x : y\"}}",
         "different names"},
        {"\"sets\":{\"s\":{\"type\":\"x\",\"elements\":[\"1, 2\"]}}", "separates elements"},
        {"\"chains\":{\"c\":{\"rules\":[\"index\\t3 accept\"]}}", "by its index"},
        {"\"chains\":{\"c\":{\"hook\":\"input\"}}", "type"},
        {"\"chains\":{\"c\":{\"policy\":\"drop\"}}", "hook"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&nftables_table);
        Str json = str_format(c.arena, HEAD "%s}", cases[i].rest);
        bool is_good = case_validate(&c, str_to_cstr(json, c.arena));
        if (is_good != !cases[i].error)
            fail_msg("%s: %s", cases[i].rest, is_good ? "accepted" : c.diags.items[0].detail.ptr);
        if (cases[i].error &&
            str_find(c.diags.items[0].detail, str_from_cstr(cases[i].error), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i].rest, STR_ARG(c.diags.items[0].detail));
        case_close(&c);
    }
}

/* Texts that end a value, a command or a file early, if they are pasted. */
static const char *const hostile[] = {
    "\"",
    "\\\"",
    "'",
    ";",
    "; }",
    "}",
    "{",
    "{ }",
    "#",
    "\\",
    ",",
    ", ",
    " x",
    "\t",
    "\n",
    "\r",
    "\n}",
    "\x01",
    "\x7f",
    "\xc2\x85",
    "\xe2\x80\xa8",
    "$(id)",
    "`id`",
    "$x",
    "@x",
    "*",
    "!",
    "/",
    ":",
    ": accept",
    ": jump keep",
    "-",
    "--",
    "0x10",
    "{{ }}",
    "]]>",
    "handle 1",
    "index\t0 accept",
    "position 2",
    "; delete table ip other",
    "\ndelete table ip other\n",
    "; }\nflush ruleset\n",
    "0; }\ndelete table ip other\nadd chain inet loam z { type filter hook input priority 0",
    "lo\" } priority 0; }\ndelete table ip other #",
    "0; }\ndelete table ip other #",
    "include \"/etc/passwd\"",
    "define x = 1",
    "accept comment \"a\" ; flush ruleset",
    "comment \"}\"",
};

/* A table with one text from outside. */
static const struct {
    const char *begin, *value, *end;
} places[] = {
    {"\"name\":\"", "loam", "\""},
    {"\"name\":\"loam\",\"family\":\"", "inet", "\""},
    {"\"name\":\"loam\",\"sets\":{\"", "s", "\":{\"type\":\"ipv4_addr\"}}"},
    {"\"name\":\"loam\",\"sets\":{\"s\":{\"type\":\"", "ipv4_addr", "\"}}"},
    {"\"name\":\"loam\",\"sets\":{\"s\":{\"type\":\"ipv4_addr\",\"flags\":[\"", "interval",
     "\"]}}"},
    {"\"name\":\"loam\",\"sets\":{\"s\":{\"type\":\"ipv4_addr\",\"flags\":[\"timeout\"],"
     "\"timeout\":\"",
     "1h", "\"}}"},
    {"\"name\":\"loam\",\"sets\":{\"s\":{\"type\":\"ipv4_addr\",\"elements\":[\"", "10.0.0.1",
     "\"]}}"},
    {"\"name\":\"loam\",\"maps\":{\"", "m", "\":{\"type\":\"inet_service : verdict\"}}"},
    {"\"name\":\"loam\",\"maps\":{\"m\":{\"type\":\"inet_service : verdict\",\"elements\":[\"",
     "22 : accept", "\"]}}"},
    {"\"name\":\"loam\",\"chains\":{\"", "c", "\":{}}"},
    {"\"name\":\"loam\",\"chains\":{\"c\":{\"rules\":[\"", "accept", "\"]}}"},
    {"\"name\":\"loam\",\"chains\":{\"c\":{\"rules\":[\"log prefix \\\"", "a", "\\\"\"]}}"},
    {"\"name\":\"loam\",\"chains\":{\"c\":{\"type\":\"filter\",\"hook\":\"input\","
     "\"priority\":\"",
     "filter", "\"}}"},
    {"\"name\":\"loam\",\"family\":\"netdev\",\"chains\":{\"c\":{\"type\":\"filter\","
     "\"hook\":\"ingress\",\"priority\":\"0\",\"devices\":[\"",
     "lo", "\"]}}"},
};

/* Appends the text as a part of a JSON string. */
static void add_json(StrBuf *out, const char *text) {
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == '"' || *text == '\\')
            strbuf_add_format(out, "\\u%04x", (unsigned)*text);
        else
            strbuf_add_char(out, *text);
    }
}

/* Loads each file beside a table of another owner. A transaction that succeeds leaves that table,
 * at most one other table, and at most two of its parts. */
#define LOAD_ALL                                                                                   \
    "cd '%.*s' && echo 'table ip other { chain keep { accept; }; }' >other && nft -f other && "    \
    "for f in *.nft; do nft -f $f >log 2>&1 || continue; nft list ruleset >now; "                  \
    "[ $(grep -cx 'table ip other {' now) = 1 ] && grep -qx '.chain keep {' now && "               \
    "[ $(grep -c '^table' now) -le 2 ] && [ $(grep -cE '^.(chain|set|map) ' now) -le 3 ] || "      \
    "{ cat $f now; exit 1; }; echo 'flush ruleset' | cat - other | nft -f - || exit 1; done"

static void write_commands(const Io *io, Str directory, size_t number, Str text, Arena *arena) {
    Str name = str_format(arena, "%zu.nft", number);
    assert_int_equal(
        io->disk->write_file(io->disk->self, disk_join(directory, name, arena), text, 0600), 0);
}

/* Each text is refused at its argument, or nft reads one value. */
static void test_hostile_texts(void **) {
    char directory[] = "/tmp/loam-nft-XXXXXX";
    size_t refused = 0, accepted = 0;
    assert_non_null(mkdtemp(directory));
    for (size_t i = 0; i < ARRAY_COUNT(places) * ARRAY_COUNT(hostile) * 3; i++) {
        ResourceCase c = case_open(&nftables_table);
        const char *text = hostile[i / 3 % ARRAY_COUNT(hostile)];
        size_t place = i / 3 / ARRAY_COUNT(hostile);
        StrBuf json = strbuf_new(c.arena);
        strbuf_add_format(&json, "{\"host\":\"10.0.0.1\",%s", places[place].begin);
        add_json(&json, i % 3 == 2 ? "" : i % 3 == 1 ? places[place].value : text);
        add_json(&json, i % 3 == 0 ? "" : text);
        add_json(&json, i % 3 == 2 ? places[place].value : "");
        strbuf_add_format(&json, "%s}", places[place].end);
        const char *config = str_to_cstr(strbuf_str(&json), c.arena);
        if (!case_validate(&c, config)) {
            refused++;
            if (c.diags.items[0].path.len == 0)
                fail_msg("no path of %s", config);
        } else {
            Value object = case_config(&c, config);
            if (object_text(object, "family", STR_EMPTY).len == 0)
                object = object_with_text(object, "family", STR("inet"), c.arena);
            write_commands(&c.io, str_from_cstr(directory), ++accepted,
                           ruleset_text_of(case_call(&c), object).text, c.arena);
        }
        case_close(&c);
    }
    assert_true(refused > 1000 && accepted > 100);
    SCOPED(ArenaRef) arena = arena_open("nft");
    Str script = str_format(arena, LOAD_ALL, (int)strlen(directory), directory);
    Io io = io_real();
    ProcessResult result = {0};
    ProcessRequest request = {
        .argv =
            (const char *const[]){"unshare", "--net", "sh", "-c", str_to_cstr(script, arena), NULL},
    };
    bool has_nft = system("unshare --net nft list ruleset >/dev/null 2>&1") == 0;
    if (has_nft)
        assert_int_equal(io.process->run(io.process->self, &request, &result, arena), 0);
    assert_int_equal(disk_remove_tree(io.disk, str_from_cstr(directory)), 0);
    if (result.exit_status != 0)
        fail_msg("%.*s%.*s", STR_ARG(result.out), STR_ARG(result.err));
}

static void test_errors_of_nft(void **) {
    ResourceCase c = case_open(&nftables_table);
    RulesetText text =
        text_of(&c, "\"chains\":{\"y\":{\"rules\":[\"accept\",\"tcp dprt 22 accept\"]}}");
    check_str(text.lines.items[5].text, "tcp dprt 22 accept");
    Str output =
        STR("/var/lib/loam/nftables/inet-loam/pending/new.nft:6:26-29: Error: syntax error, "
            "unexpected string\nadd rule inet loam y tcp dprt 22 accept\n"
            "                         ^^^^\n"
            "/dev/stdin:4:1-9: Error: Could not process rule: File exists\n");
    assert_false(ruleset_text_report(case_call(&c), &text, output, &c.diags));
    assert_int_equal(c.diags.count, 2);
    check_str(c.diags.items[0].path, ".chains[\"y\"].rules[1]");
    check_str(c.diags.items[0].detail, "syntax error, unexpected string\n\n"
                                       "  tcp dprt 22 accept\n"
                                       "      ^\n\n"
                                       "The error is at \"dprt 22 accept\".");
    check_str(c.diags.items[1].path, ".chains[\"y\"]");

    c.diags = diags_new(c.arena);
    assert_false(ruleset_text_report(case_call(&c), &text, STR("netlink: no buffer\n"), &c.diags));
    check_str(c.diags.items[0].detail, "netlink: no buffer");
    case_close(&c);
}

UNIT_MAIN(test_ruleset_text) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_validation),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_errors_of_nft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
