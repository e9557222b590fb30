/* The work of each function grows with the size of its arguments at most as n log n. */
#include "growth_eval.h"

#include "function_case.h"

/* Calls whose arguments have the size n: objects (a list), others (half of them the same), set and
 * subset (of objects), texts, lists, map, text. */
static const char *const calls[] = {
    "alltrue([for x in objects : true])",
    "anytrue([for x in objects : false])",
    "base64decode(base64encode(text))",
    "base64encode(text)",
    "base64gunzip(base64gzip(text))",
    "base64gzip(text)",
    "base64sha256(text)",
    "base64sha512(text)",
    "basename(text)",
    "chomp(text)",
    "chunklist(objects, 2)",
    "cidrsubnets(\"10.0.0.0/8\", [for x in small : 8]...)",
    "coalesce(concat([for x in texts : null], [\"x\"])...)",
    "coalescelist(concat([for x in texts : []], [[1]])...)",
    "compact(texts)",
    "concat(objects, others)",
    "concat([for x in objects : [x]]...)",
    "contains(objects, {id = -1, name = \"none\"})",
    "csvdecode(join(\"\\n\", texts))",
    "dirname(text)",
    "distinct(objects)",
    "distinct(concat(objects, objects))",
    "element(objects, 7)",
    "endswith(text, \"x\")",
    "flatten(lists)",
    "format(\"%s\", text)",
    "formatlist(\"%s\", texts)",
    "indent(2, join(\"\\n\", texts))",
    "index(objects, objects[length(objects) - 1])",
    "join(\",\", texts)",
    "jsondecode(jsonencode(objects))",
    "jsonencode(objects)",
    "keys(map)",
    "length(objects)",
    "lookup(map, \"none\", 1)",
    "lower(text)",
    "matchkeys(objects, objects, others)",
    "matchkeys(objects, texts, texts)",
    "max(numbers...)",
    "md5(text)",
    "merge(map, {for k, v in map : \"x${k}\" => v})",
    "merge([for x in texts : {(x) = 1}]...)",
    "min(numbers...)",
    "one(slice(objects, 0, 1))",
    "parseint(join(\"\", numbers), 10)",
    "provider::terraform::decode_tfvars(provider::terraform::encode_tfvars(map))",
    "provider::terraform::encode_expr(objects)",
    "provider::terraform::encode_tfvars(map)",
    "regex(\"z*$\", text)",
    "regexall(\"a\", text)",
    "replace(text, \"a\", \"bb\")",
    "replace(text, \"/a/\", \"bb\")",
    "reverse(objects)",
    "setintersection(set, subset)",
    "setproduct(set, [1, 2])",
    "setsubtract(set, subset)",
    "setunion(set, subset)",
    "sha1(text)",
    "sha256(text)",
    "sha512(text)",
    "slice(objects, 1, length(objects))",
    "sort(texts)",
    "split(\"a\", text)",
    "startswith(text, \"x\")",
    "strcontains(text, \"zz\")",
    "strrev(text)",
    "substr(text, 3, -1)",
    "sum(numbers)",
    "templatestring(text, {})",
    "title(text)",
    "tolist(set)",
    "tomap(map)",
    "toset(objects)",
    "toset(texts)",
    "transpose({for x in texts : x => [\"a\", \"b\"]})",
    "trim(text, \"a\")",
    "trimprefix(text, \"a\")",
    "trimspace(text)",
    "trimsuffix(text, \"a\")",
    "upper(text)",
    "urldecode(urlencode(text))",
    "urlencode(text)",
    "values(map)",
    "yamldecode(yamlencode(objects))",
    "yamlencode(objects)",
    "zipmap(texts, objects)",
    "[for x in objects : x if x.id > 3]",
    "{for x in objects : x.name => x...}",
    "objects[*].name",
};

/* Functions without an argument whose size can grow, or that pass it through; those that read
 * files; those whose cost is that of another row. */
static const char other_functions[] =
    " abs abspath assumeequal assumelistlength assumelistlengthmax assumelistlengthmin "
    "assumemaplength assumemaplengthmax assumemaplengthmin assumenotnull assumesetlength "
    "assumesetlengthmax assumesetlengthmin assumestringprefix bcrypt can ceil cidrcontains "
    "cidrhost "
    "cidrnetmask cidrsubnet convert ephemeralasnull file filebase64 filebase64sha256 "
    "filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 filesha512 floor formatdate "
    "issensitive list log map nonsensitive pathexpand plantimestamp pow range rsadecrypt "
    "sensitive signum templatefile textdecodebase64 textencodebase64 timeadd timecmp timestamp "
    "tobool tonumber tostring try uuid uuidv5 ";

static Value list_value(const char *format, size_t count) {
    StrBuf text = strbuf_new(arena);
    Diags diags = diags_new(arena);
    Value value = value_null(&TYPE_DYNAMIC);
    strbuf_add_cstr(&text, "[");
    for (size_t i = 0; i < count; i++) {
        char number[32];
        (void)snprintf(number, sizeof(number), "%zu", i);
        for (const char *c = format; *c; c++)
            *c == '#' ? strbuf_add_cstr(&text, number) : strbuf_add_char(&text, *c);
        strbuf_add_cstr(&text, ", ");
    }
    strbuf_add_cstr(&text, "]");
    assert_true(evaluate(str_to_cstr(strbuf_str(&text), arena), &value, &diags));
    return value;
}

static Value value_of(const char *text) {
    Diags diags = diags_new(arena);
    Value value = value_null(&TYPE_DYNAMIC);
    if (!evaluate(text, &value, &diags))
        fail_msg("%s: %.*s", text, STR_ARG(diags.items[0].detail));
    return value;
}

static void set_variables(size_t count) {
    set_variable("objects", list_value("{id = #, name = \"n#\"}", count));
    set_variable("objects", value_of("tolist(objects)"));
    set_variable("others", value_of("tolist([for x in objects : {id = x.id * 2, name = x.name}])"));
    set_variable("set", value_of("toset(objects)"));
    set_variable("subset", value_of("toset([for x in objects : x if x.id % 2 == 0])"));
    set_variable("texts", value_of("tolist([for x in objects : x.name])"));
    set_variable("numbers", value_of("tolist([for x in objects : x.id])"));
    set_variable("small", value_of("slice(numbers, 0, floor(length(numbers) / 16))"));
    set_variable("lists", value_of("[for x in objects : [x]]"));
    set_variable("map", value_of("{for x in objects : x.name => x.id}"));
    set_variable("text", value_of("join(\"\", [for x in objects : \"ab cd\\n\"])"));
}

static uint64_t work_of(const char *text) {
    uint64_t before = growth_work;
    (void)value_of(text);
    return growth_work - before;
}

enum { SIZES = 3, SMALLEST = 256 };

static void grows_as_n_log_n(void **state) {
    static uint64_t seen[ARRAY_COUNT(calls)][SIZES];
    bool ok = true;
    for (size_t size = 0; size < SIZES; size++) {
        open_functions(state);
        set_variables((size_t)SMALLEST << size);
        for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
            seen[i][size] = work_of(calls[i]);
        close_functions(state);
    }
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
        if (growth_is_fine(seen[i][1] + SMALLEST, seen[i][2]))
            continue;
        print_error("%s: %ju, %ju, %ju\n", calls[i], (uintmax_t)seen[i][0], (uintmax_t)seen[i][1],
                    (uintmax_t)seen[i][2]);
        ok = false;
    }
    assert_true(ok);
}

static bool has_call(const char *name) {
    Str start = str_format(arena, "%s(", name);
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
        if (strncmp(calls[i], start.ptr, start.len) == 0)
            return true;
    Str word = str_format(arena, " %s ", name);
    return str_find(str_from_cstr(other_functions), word, 0) != SIZE_MAX;
}

static void has_every_function(void **state) {
    open_functions(state);
    map_each(&functions->by_name, entry) {
        const Function *function = entry->value;
        if (!has_call(function->name))
            fail_msg("no row has %s()", function->name);
    }
    close_functions(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_as_n_log_n),
        cmocka_unit_test(has_every_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
