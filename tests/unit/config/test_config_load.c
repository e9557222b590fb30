/* Invalid configurations → diagnostics with positions; valid ones → the model. */
#include "bad_case.h"

/* clang-format off */
static const BadCase bad_cases[] = {
    {
        .about = "unknown argument, nearest name",
        .text = "variable:\n  a: {descripton: x}\n",
        .wanted = "main.loam.yaml:2:7 Unsupported argument\n",
        .detail = "Did you mean \"description\"?",
    },
    {
        .about = "unknown block type, nearest name",
        .text = "variables:\n  a: {}\n",
        .wanted = "main.loam.yaml:1:1 Unsupported block type\n",
        .detail = "Did you mean \"variable\"?",
    },
    {
        .about = "missing argument of an output",
        .text = "output:\n  o: {sensitive: true}\n",
        .wanted = "main.loam.yaml:2:3 Missing required argument\n",
        .detail = "\"value\"",
    },
    {
        .about = "the same in JSON, at the closing brace",
        .file = "main.tf.json",
        .text = "{\"output\": {\"o\": {\n  \"description\": \"x\"}}}\n",
        .wanted = "main.tf.json:2:21 Missing required argument\n",
    },
    {
        .about = "repeated argument in JSON",
        .file = "main.tf.json",
        .text = "{\"locals\": {\"a\": 1, \"a\": 2}}\n",
        .wanted = "main.tf.json:1:21 Duplicate argument\n",
        .detail = "already at line 1",
    },
    {
        .about = "repeated key of an expression in JSON",
        .file = "main.tf.json",
        .text = "{\"locals\": {\"a\": {\"k\": 1, \"k\": 2}}}\n",
        .wanted = "main.tf.json:1:27 Duplicate key\n",
    },
    {
        .about = "repeated key in YAML",
        .text = "locals:\n  a: 1\n  b: 2\n  a: 3\n",
        .wanted = "main.loam.yaml:4:3 Duplicate key\n",
        .detail = "line 2, column 3",
    },
    {
        .about = "template in flow syntax",
        .text = "resource:\n  a_b:\n    c: {count: ${var.x}}\n",
        .wanted = "main.loam.yaml:3:16 Invalid YAML syntax\n",
        .detail = "Quote the template \"${",
    },
    {
        .about = "template with a colon and a blank",
        .text = "locals:\n  a: ${var.x ? 1 : 2}\n",
        .wanted = "main.loam.yaml:2:18 Invalid YAML syntax\n",
        .detail = "Quote the template",
    },
    {
        .about = "tab",
        .text = "locals:\n\ta: 1\n",
        .wanted = "main.loam.yaml:2:1 Invalid YAML syntax\n",
        .detail = "tab",
    },
    {
        .about = "unclosed quote: where it opens",
        .text = "locals:\n  a: \"x\n  b: 1\n",
        .wanted = "main.loam.yaml:2:6 Invalid YAML syntax\n",
        .detail = "never closed",
    },
    {
        .about = "unclosed bracket",
        .text = "locals:\n  a: [1, 2\n  b: 1\n",
        .wanted = "main.loam.yaml:3:4 Invalid YAML syntax\n",
        .detail = "line 2, column 6",
    },
    {
        .about = "two documents",
        .text = "locals: {a: 1}\n---\nlocals: {b: 1}\n",
        .wanted = "main.loam.yaml:2:1 More than one YAML document\n",
    },
    {
        .about = "infinity",
        .text = "locals:\n  a: -.inf\n",
        .wanted = "main.loam.yaml:2:6 Invalid number\n",
    },
    {
        .about = "unknown alias",
        .text = "locals:\n  a: *x\n",
        .wanted = "main.loam.yaml:2:6 Invalid YAML alias\n",
        .detail = "&x",
    },
    {
        .about = "alias inside its own anchor",
        .text = "locals:\n  a: &x [*x]\n",
        .wanted = "main.loam.yaml:2:10 Invalid YAML alias\n",
        .detail = "refers to a value that contains the alias",
    },
    {
        .about = "tag",
        .text = "locals:\n  a: !var.x\n",
        .wanted = "main.loam.yaml:2:6 Unsupported YAML tag\n",
    },
    {
        .about = "file mode",
        .text = "locals:\n  a: 0644\n",
        .wanted = "W main.loam.yaml:2:6 Number with a leading zero\n",
        .detail = "0o644",
    },
    {
        .about = "template in a quoted scalar points into it",
        .text = "locals:\n  a: \"x${var.}y\"\n",
        .wanted = "main.loam.yaml:2:14 Invalid attribute name\n",
    },
    {
        .about = "JSON syntax",
        .file = "main.loam.json",
        .text = "{\n  \"locals\": {\"a\": 1},\n}\n",
        .wanted = "main.loam.json:2:21 Trailing comma in object\n"
                  "main.loam.json:1:1 Root value must be an object\n",
    },
    {
        .about = "empty JSON",
        .file = "main.tf.json",
        .text = "",
        .wanted = "main.tf.json:1:1 Missing value\n"
                  "main.tf.json:1:1 Root value must be an object\n",
    },
    {
        .about = "root is a string",
        .file = "main.tf.json",
        .text = "\"x\"",
        .wanted = "main.tf.json:1:1 Root value must be an object\n",
    },
    {
        .about = "block that is no object",
        .file = "main.tf.json",
        .text = "{\"output\": {\"o\": 5}}",
        .wanted = "main.tf.json:1:18 Incorrect value type\n",
    },
    {
        .about = "names",
        .text = "resource:\n  a_b:\n    1bad: {}\n    has space: {}\n    ok-name_1: {}\n",
        .wanted = "main.loam.yaml:3:5 Invalid resource name\n"
                  "main.loam.yaml:4:5 Invalid resource name\n",
    },
    {
        .about = "reserved variable name",
        .text = "variable:\n  count: {}\n",
        .wanted = "main.loam.yaml:2:3 Invalid variable name\n",
    },
    {
        .about = "default that does not fit",
        .text = "variable:\n  a: {type: number, default: x}\n",
        .wanted = "main.loam.yaml:2:30 Invalid default value for variable\n",
        .detail = "a number is required",
    },
    {
        .about = "null default against nullable",
        .text = "variable:\n  a: {nullable: false, default: null}\n",
        .wanted = "main.loam.yaml:2:33 Invalid default value for variable\n",
    },
    {
        .about = "validation that looks elsewhere",
        .text = "variable:\n  a:\n    validation:\n      condition: ${var.b > 1}\n"
                "      error_message: no\n",
        .wanted = "main.loam.yaml:4:18 Invalid variable validation condition\n",
    },
    {
        .about = "condition that refers to nothing",
        .text = "output:\n  o:\n    value: 1\n    precondition:\n      condition: ${1 > 2}\n"
                "      error_message: no\n",
        .wanted = "main.loam.yaml:5:18 Invalid condition\n",
    },
    {
        .about = "count and for_each",
        .text = "resource:\n  a_b:\n    c:\n      count: 1\n      for_each: [x]\n",
        .wanted = "main.loam.yaml:5:7 Invalid combination of \"count\" and \"for_each\"\n",
    },
    {
        .about = "depends_on forms",
        .text = "resource:\n  a_b:\n    c: {depends_on: a_b.d}\n"
                "    d: {depends_on: [\"${a_b.e}\"]}\n    e: {}\n",
        .wanted = "main.loam.yaml:3:21 Invalid expression\nmain.loam.yaml:4:22 Invalid expression\n",
        .detail = "write \"a_b.e\"",
    },
    {
        .about = "lifecycle",
        .text = "resource:\n  a_b:\n    c: {lifecycle: {nope: 1}}\n"
                "    d: {lifecycle: {create_before_destroy: \"${var.x}\"}}\n",
        .wanted = "main.loam.yaml:3:21 Unsupported argument\n"
                  "main.loam.yaml:4:44 Unsuitable value type\n",
    },
    {
        .about = "triggers",
        .text = "resource:\n  a_b:\n    c:\n      lifecycle:\n"
                "        replace_triggered_by: [var.v, 1 + 2, data.x.y, \"a_b.d[count.index]\", "
                "a_b.d.id]\n",
        .wanted = "main.loam.yaml:5:32 Invalid reference in replace_triggered_by expression\n"
                  "main.loam.yaml:5:32 Invalid replace_triggered_by expression\n",
    },
    {
        .about = "a postcondition that names its own object",
        .text = "resource:\n  a_b:\n    c:\n      lifecycle:\n        postcondition:\n"
                "          condition: ${a_b.c.id != \"\"}\n          error_message: no\n",
        .wanted = "main.loam.yaml:6:22 Invalid reference in postcondition\n",
        .detail = "\"self\"",
    },
    {
        .about = "provider reference",
        .text = "resource:\n  a_b:\n    c: {provider: a.b.c}\n",
        .wanted = "main.loam.yaml:3:19 Invalid provider reference\n",
    },
    {
        .about = "two default configurations of a provider",
        .text = "provider:\n  libvirt: [{uri: a}, {uri: b}]\n",
        .wanted = "main.loam.yaml:2:3 Duplicate provider configuration\n",
    },
    {
        .about = "reserved argument of a provider",
        .text = "provider:\n  libvirt: {count: 2}\n",
        .wanted = "main.loam.yaml:2:13 Reserved argument name\n",
    },
    {
        .about = "cloud",
        .text = "terraform: {cloud: {organization: x}}\n",
        .wanted = "",
    },
    {
        .about = "two backends",
        .text = "terraform: {backend: {local: {}, s3: {}}}\n",
        .wanted = "main.loam.yaml:1:34 Duplicate backend configuration\n",
    },
    {
        .about = "requirement",
        .text = "terraform: {required_providers: {a: {sorce: x}}}\n",
        .wanted = "main.loam.yaml:1:38 Invalid required_providers object\n",
    },
    {
        .about = "module without source",
        .text = "module:\n  n: {source: \"\"}\n  o: {}\n",
        .wanted = "main.loam.yaml:2:15 Invalid module source\n"
                  "main.loam.yaml:3:3 Missing required argument\n",
    },
    {
        .about = "module source made of an unknown value",
        .text = "module: {p: {source: \"./${a_b.c.id}\"}}\n",
        .wanted = "main.loam.yaml:1:27 Dynamic value in static context\n",
    },
    {
        .about = "module sources",
        .text = "module:\n  m: {source: hashicorp/consul/aws}\n  n: {source: \"\"}\n"
                "  p: {source: \"./${a_b.c.id}\"}\n  q: {source: ./m, version: \"1.0\"}\n",
        .wanted = "main.loam.yaml:2:15 Unsupported module source\n"
                  "main.loam.yaml:3:15 Invalid module source\n"
                  "main.loam.yaml:5:15 Invalid registry module source address\n",
    },
    {
        .about = "module that is not installed",
        .text = "module:\n  m: {source: ./m}\n",
        .wanted = "main.loam.yaml:2:3 Module not installed\n",
        .detail = "loam init",
    },
    {
        .about = "native syntax",
        .file = "main.tf",
        .text = "locals {\n  a = 1 2\n}\nvariable {\n}\n",
        .wanted = "main.tf:2:9 Missing newline after argument\nmain.tf:4:10 Missing name for variable\n",
        .detail = "must end with its line",
    },
    {
        .about = "not UTF-8",
        .text = "locals:\n  a: \xff\n",
        .wanted = "main.loam.yaml:2:6 Invalid text encoding\n",
    },
};
/* clang-format on */

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

typedef struct DirectoryCase {
    const char *about;
    CaseFile files[5];
    const char *wanted;
    bool install;
} DirectoryCase;

/* clang-format 14 misplaces nested tables. */
/* clang-format off */
static const DirectoryCase directory_cases[] = {
    {
        .about = "a name that is none",
        .files = {{"a.loam.yaml", "locals: {\"a b\": 1}\n"}},
        .wanted = "a.loam.yaml:1:10 Invalid local value name\n",
    },
    {
        .about = "duplicates in another file",
        .files = {{"a.loam.yaml", "variable: {v: {}}\noutput: {o: {value: 1}}\nlocals: {l: 1}\n"},
                  {"b.tf.json", "{\"variable\": {\"v\": {}}, \"locals\": {\"l\": 2}}"}},
        .wanted = "b.tf.json:1:20 Duplicate variable\nb.tf.json:1:36 Duplicate local value definition\n",
    },
    {
        .about = "overrides without a base, and of arguments that cannot change",
        .files = {{"a.loam.yaml", "resource: {a_b: {c: {x: 1}}}\nvariable: {v: {}}\n"},
                  {"override.loam.yaml",
                   "resource:\n  a_b:\n    d: {x: 1}\n    c: {depends_on: [a_b.d]}\nlocals: {l: 1}\n"
                   "variable:\n  v: {validation: {condition: true, error_message: x}}\n"},
                  {"z_override.loam.yaml",
                   "resource: {a_b: {c: {lifecycle: {precondition: {condition: true}}}}}\n"}},
        .wanted = "override.loam.yaml:3:5 Missing base resource to override\n"
                  "override.loam.yaml:4:22 Unsupported override\n"
                  "override.loam.yaml:7:19 Unsupported override\n"
                  "z_override.loam.yaml:1:34 Unsupported override\n"
                  "override.loam.yaml:5:10 Missing base local value to override\n",
    },
    {
        .about = "tofu.json stands in for tf.json",
        .files = {{"a.tf.json", "{\"nonsense\": {}}"}, {"a.tofu.json", "{\"locals\": {\"a\": 1}}"}},
        .wanted = "",
    },
    {
        .about = "a module calls itself",
        .files = {{"a.loam.yaml", "module: {m: {source: ./m}}\n"},
                  {"m/a.loam.yaml", "module: {n: {source: ../n}}\n"},
                  {"n/a.loam.yaml", "module: {m: {source: ../m}}\n"}},
        .wanted = "n/a.loam.yaml:1:10 Module calls itself\n",
        .install = true,
    },
    {
        .about = "a directory with the name of a configuration file",
        .files = {{"a.loam.yaml", "locals: {a: 1}\n"}, {"b.tf/readme.txt", "x"}},
        .wanted = "",
    },
    {
        .about = "no such directory, empty directory",
        .files = {{"a.loam.yaml", "module:\n  m: {source: ./m}\n  n: {source: ./n}\n"},
                  {"n/readme.txt", "x"}},
        .wanted = "a.loam.yaml:2:3 Module directory not readable\n"
"a.loam.yaml:3:3 Module directory not readable\n",
        .install = true,
    },
    {
        .about = "aliases that a module wants",
        .files = {{"a.loam.yaml", "module:\n  m: {source: ./m}\n  n: {source: ./m, providers: "
                                  "{libvirt.x: libvirt.y}}\n"},
                  {"m/a.loam.yaml", "terraform: {required_providers: {libvirt: "
                                    "{configuration_aliases: [libvirt.x]}}}\n"}},
        .wanted = "a.loam.yaml:2:3 Missing required provider configuration\n",
        .install = true,
    },
};
/* clang-format on */

static void directories(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(directory_cases); i++) {
        const DirectoryCase *directory = &directory_cases[i];
        ConfigCase c = config_case_open();
        for (size_t k = 0; k < ARRAY_COUNT(directory->files) && directory->files[k].path; k++)
            config_case_write(&c, directory->files[k].path, directory->files[k].text);
        config_case_load(&c, directory->install);
        Str got = config_case_text(&c.diags, c.arena);
        if (!str_equal_cstr(got, directory->wanted)) {
            print_error("%s\n  got:    %.*s  wanted: %s", directory->about, STR_ARG(got),
                        directory->wanted);
            failures++;
        }
        config_case_close(&c);
    }
    assert_int_equal(failures, 0);
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(
        &c, "main.loam.yaml",
        "terraform:\n"
        "  required_version: \"~> 1.5\"\n"
        "  required_providers:\n"
        "    libvirt: {source: loam/libvirt, version: \">= 1.0\"}\n"
        "  backend: {local: {path: x}}\n"
        "variable:\n"
        "  workers: {type: number, default: \"2\", description: How many}\n"
        "  bare:\n"
        "locals: {a: 0x10, b: no, c: ~}\n"
        "provider: {libvirt: [{uri: a}, {alias: east, uri: b}]}\n"
        "resource:\n"
        "  libvirt_domain:\n"
        "    worker:\n"
        "      count: ${var.workers}\n"
        "      depends_on: [libvirt_network.n]\n"
        "      provider: libvirt.east\n"
        "      lifecycle: {create_before_destroy: true, ignore_changes: [disk, "
        "\"tags[\\\"x\\\"]\"]}\n"
        "      name: w-${count.index}\n"
        "data:\n"
        "  libvirt_network: {n: {lifecycle: {postcondition: {condition: \"${self.a}\", "
        "error_message: x}}}}\n"
        "output: {o: {value: \"${libvirt_domain.worker[*].id}\", sensitive: true}}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Module *root = c.config->root;
    const Variable *workers = map_find(&root->variables, STR("workers"));
    assert_ptr_equal(workers->default_value.type, &TYPE_NUMBER);
    check_str(value_number_text(workers->default_value, c.arena), "2");
    assert_true(map_has(&root->variables, STR("bare")));
    const Local *number = map_find(&root->locals, STR("a"));
    check_str(value_number_text(number->expr->as.literal, c.arena), "16");
    const Local *text = map_find(&root->locals, STR("b"));
    check_str(value_text(text->expr->as.literal), "no");
    const Resource *worker = map_find(&root->resources, STR("libvirt_domain.worker"));
    assert_non_null(worker->count);
    assert_int_equal(worker->depends_on.count, 1);
    check_str(worker->provider.alias, "east");
    assert_true(worker->lifecycle.create_before_destroy);
    assert_int_equal(worker->lifecycle.ignore_changes.count, 2);
    const Resource *data = map_find(&root->resources, STR("data.libvirt_network.n"));
    assert_int_equal(data->mode, MODE_DATA);
    check_str(data->provider.name, "libvirt");
    assert_int_equal(data->lifecycle.postconditions.count, 1);
    assert_true(map_has(&root->providers, STR("libvirt.east")));
    check_str(root->backend->type, "local");
    const ProviderRequirement *libvirt = map_find(&root->requirements, STR("libvirt"));
    check_str(libvirt->source, "loam/libvirt");
    config_case_close(&c);
}

static void modules(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "module:\n  a: {source: ./m, v: 1}\n  b: {source: ./m, x: 1}\n");
    config_case_write(&c, "m/main.loam.yaml", "variable: {v: {}}\nmodule: {c: {source: ../n}}\n");
    config_case_write(&c, "n/main.tf.json", "{\"locals\": {\"x\": 1}}");
    config_case_load(&c, true);
    check_str(config_case_text(&c.diags, c.arena), "");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena),
              "main.loam.yaml:3:20 Unsupported argument\n"
              "main.loam.yaml:3:3 Missing required argument\n");
    const ModuleCall *call = map_find(&c.config->root->calls, STR("a"));
    call = map_find(&call->module->calls, STR("c"));
    check_str(call->module->path, "module.a.module.c");
    check_str(call->module->directory, "n");
    config_case_write(&c, "main.loam.yaml", "module:\n  a: {source: ./n}\n  b: {source: ./m}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena),
              "main.loam.yaml:2:15 Module source has changed\n"
              "main.loam.yaml:3:3 Missing required argument\n");
    config_case_close(&c);
}

/* Two calls of one module: the expressions of each call refer to its own objects. */
static void called_twice(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf",
                      "module a { source = \"./m\" }\nmodule \"b\" {\n  source = \"./m\"\n}\n");
    config_case_write(&c, "m/main.tf", "locals {\n  x = path.module\n}\n");
    config_case_load(&c, true);
    check_str(config_case_text(&c.diags, c.arena), "");
    const ModuleCall *a = map_find(&c.config->root->calls, STR("a"));
    const ModuleCall *b = map_find(&c.config->root->calls, STR("b"));
    const Local *x = map_find(&a->module->locals, STR("x"));
    const Local *y = map_find(&b->module->locals, STR("x"));
    assert_ptr_not_equal(x->expr->as.traversal, y->expr->as.traversal);
    config_case_close(&c);
}

/* One module in all syntaxes; x.tofu replaces x.tf. */
static void mixed(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "a.loam.yaml", "locals: {a: 1}\n");
    config_case_write(&c, "b.tf.json", "{\"locals\": {\"b\": 1}}");
    config_case_write(&c, "c.tf", "locals {\n  c = \"hidden\"\n  d = 1\n}\n");
    config_case_write(&c, "c.tofu", "locals {\n  c = 1\n}\n");
    config_case_write(&c, "x_override.tf", "locals {\n  a = 2\n  b = 2\n}\n");
    config_case_load(&c, true);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Map *locals = &c.config->root->locals;
    assert_int_equal(locals->count, 3);
    const Local *b = map_find(locals, STR("b"));
    check_str(source_range_text(b->expr->range), "2");
    config_case_close(&c);
}

static Str literal_of(const Body *body, const char *name, Arena *arena) {
    Diags diags = diags_new(arena);
    BodyContent content;
    assert_true(body_attributes(body, BODY_EXPRESSION, &content, arena, &diags));
    const BodyAttribute *attribute = body_content_find(&content, name);
    return attribute ? value_text(attribute->expr->as.literal) : STR("absent");
}

static void overrides(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "resource:\n  a_b:\n    c:\n      x: base\n      y: base\n"
                      "      lifecycle: {create_before_destroy: true, ignore_changes: [x]}\n"
                      "variable: {v: {default: base, description: base}}\n"
                      "locals: {l: base}\nterraform: {backend: {local: {}}}\n");
    config_case_write(&c, "b_override.loam.yaml", "resource: {a_b: {c: {x: b}}}\n");
    config_case_write(
        &c, "a_override.loam.yaml",
        "resource: {a_b: {c: {x: a, z: a, lifecycle: {create_before_destroy: false}}}}\n"
        "variable: {v: {default: a}}\nlocals: {l: a}\nterraform: {backend: {pg: {}}}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Module *root = c.config->root;
    const Resource *resource = map_find(&root->resources, STR("a_b.c"));
    check_str(literal_of(resource->body, "x", c.arena), "b");
    check_str(literal_of(resource->body, "y", c.arena), "base");
    check_str(literal_of(resource->body, "z", c.arena), "a");
    check_str(literal_of(resource->body, "lifecycle", c.arena), "absent");
    assert_false(resource->lifecycle.create_before_destroy);
    assert_int_equal(resource->lifecycle.ignore_changes.count, 1);
    const Variable *variable = map_find(&root->variables, STR("v"));
    check_str(value_text(variable->default_value), "a");
    check_str(variable->description, "base");
    const Local *local = map_find(&root->locals, STR("l"));
    check_str(value_text(local->expr->as.literal), "a");
    check_str(root->backend->type, "pg");
    config_case_close(&c);
}

/* Saved plans store the files as they were read. */
static void files_are_kept(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "a.loam.yaml", "locals: {a: 1}\n");
    config_case_write(&c, "b.tf", "locals {\n  b = 2\n}\n");
    config_case_write(&c, "c_override.loam.yaml", "locals: {a: 3}\n");
    config_case_load(&c, false);
    const Module *root = c.config->root;
    StrBuf got = strbuf_new(c.arena);
    vec_each(&root->sources, source) {
        strbuf_add_format(&got, "%.*s %zu\n", STR_ARG((*source)->path), (*source)->bytes.len);
    }
    check_str(strbuf_str(&got), "a.loam.yaml 15\nb.tf 19\nc_override.loam.yaml 15\n");
    config_case_close(&c);
}

/* Each error in a block with an invalid name is reported once, also after other errors. */
static void many_bad_names(void **) {
    enum { BLOCKS = 20 };
    ConfigCase c = config_case_open();
    StrBuf text = strbuf_new(c.arena);
    strbuf_add_cstr(&text, "output: {o: {}}\nvariable:\n");
    for (int i = 0; i < BLOCKS; i++)
        strbuf_add_format(&text, "  '%d': {tpye: string}\n", i);
    config_case_write(&c, "main.loam.yaml", str_to_cstr(strbuf_str(&text), c.arena));
    config_case_load(&c, false);
    assert_int_equal(c.diags.error_count, 1 + 2 * BLOCKS);
    config_case_close(&c);
}

static void only_an_action(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf", "action \"p_do\" \"a\" {}\n");
    config_case_load(&c, true);
    assert_true(c.ok && map_has(&c.config->root->resources, STR("action.p_do.a")));
    config_case_close(&c);
}

UNIT_MAIN(test_config_load) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input),      cmocka_unit_test(directories),
        cmocka_unit_test(model),          cmocka_unit_test(files_are_kept),
        cmocka_unit_test(many_bad_names), cmocka_unit_test(modules),
        cmocka_unit_test(overrides),      cmocka_unit_test(called_twice),
        cmocka_unit_test(mixed),          cmocka_unit_test(only_an_action),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
