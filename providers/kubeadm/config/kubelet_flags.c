/* kubelet_flags: lists of flags, and the words of a file. */
#include "kubelet_flags.h"
#include "field_name.h"
#include "nested_list.h"
#include "str_quote.h"

#define VARIABLE "KUBELET_KUBEADM_ARGS="
#define NODE_IP  "node-ip"

/* The name of a node, and the places of its certificates and pods, are those of its first start. */
static const char *const fixed[] = {
    "bootstrap-kubeconfig", "cert-dir",   "config",   "container-runtime-endpoint",
    "hostname-override",    "kubeconfig", "root-dir",
};

static const char *const at_registration[] = {
    "node-labels",
    "provider-id",
    "register-node",
    "register-with-taints",
};

static bool is_in(const char *const *names, size_t count, Str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal_cstr(name, names[i]))
            return true;
    }
    return false;
}

static Value part_of(Value object, Arena *arena) {
    Value ignored;
    bool is_init = value_find(object, STR("init"), &ignored);
    return object_nested(object, is_init ? "init" : "join", arena);
}

Value kubelet_flags_of(Value object, Arena *arena) {
    Value registration = object_nested(part_of(object, arena), "node_registration", arena);
    return object_attribute(registration, "kubelet_extra_args");
}

Value kubelet_flags_with(Value object, Value list, Arena *arena) {
    Value ignored, part = part_of(object, arena);
    bool is_init = value_find(object, STR("init"), &ignored);
    Value registration = object_nested(part, "node_registration", arena);
    registration = object_with(registration, "kubelet_extra_args", list, arena);
    return object_with(object, is_init ? "init" : "join",
                       object_with(part, "node_registration", registration, arena), arena);
}

/* Lists. */

static size_t count_of(Value list) {
    return value_is_present(list) && value_is_known(list) ? list.count : 0;
}

static Str name_at(Value list, size_t i) {
    return object_text(value_at(list, i), "name", STR_EMPTY);
}

static Str value_of(Value list, size_t i) {
    return object_text(value_at(list, i), "value", STR_EMPTY);
}

static StrVec flag_values_of(Value list, Str name, Arena *arena) {
    StrVec values = {0};
    for (size_t i = 0; i < count_of(list); i++) {
        if (str_equal(name_at(list, i), name))
            vec_push(arena, &values, value_of(list, i));
    }
    return values;
}

static bool is_same(const StrVec *a, const StrVec *b) {
    for (size_t i = 0; a->count == b->count && i < a->count; i++) {
        if (!str_equal(a->items[i], b->items[i]))
            return false;
    }
    return a->count == b->count;
}

static void add_name(StrVec *names, Str name, Arena *arena) {
    if (!str_is_among(name, names->items, names->count))
        vec_push(arena, names, name);
}

static StrVec names_of(Value list, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; i < count_of(list); i++)
        add_name(&names, name_at(list, i), arena);
    return names;
}

StrVec kubelet_flags_changed(Value before, Value after, Arena *arena) {
    StrVec all = names_of(after, arena), former = names_of(before, arena), changed = {0};
    vec_each(&former, name)
        add_name(&all, *name, arena);
    vec_each(&all, name) {
        StrVec old = flag_values_of(before, *name, arena),
               new = flag_values_of(after, *name, arena);
        if (!is_same(&old, &new))
            vec_push(arena, &changed, *name);
    }
    return changed;
}

Str kubelet_flags_fixed(Value before, Value after, Arena *arena) {
    StrVec changed = kubelet_flags_changed(before, after, arena);
    vec_each(&changed, name) {
        if (is_in(fixed, ARRAY_COUNT(fixed), *name))
            return *name;
    }
    return STR_EMPTY;
}

StrVec kubelet_flags_at_registration(Value before, Value after, Arena *arena) {
    StrVec changed = kubelet_flags_changed(before, after, arena), found = {0};
    vec_each(&changed, name) {
        if (is_in(at_registration, ARRAY_COUNT(at_registration), *name))
            vec_push(arena, &found, *name);
    }
    return found;
}

StrVec kubelet_flags_fields(Value before, Value after, Arena *arena) {
    StrVec changed = kubelet_flags_changed(before, after, arena), fields = {0};
    vec_each(&changed, name) {
        StrBuf words = strbuf_new(arena);
        for (size_t i = 0; i < name->len; i++)
            strbuf_add_char(&words, name->ptr[i] == '-' ? '_' : name->ptr[i]);
        vec_push(arena, &fields, field_name_of_attribute(strbuf_str(&words), arena));
    }
    return fields;
}

/* systemd splits the line at blanks and removes quotation marks. */
static bool is_word(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 127 || c == '"' || c == '\'' || c == '\\')
            return false;
    }
    return true;
}

Str kubelet_flags_check(Value list, Arena *arena) {
    for (size_t i = 0; i < count_of(list); i++) {
        Str name = name_at(list, i);
        if (!name.len || !str_has_only(name, "-_."))
            return str_format(arena, "%.*s is not the name of a flag.",
                              STR_ARG(str_quote(name, arena)));
        if (!is_word(value_of(list, i)))
            return str_format(arena,
                              "The value of \"%.*s\" has a blank, a quotation mark or a backslash. "
                              "systemd would split it. Set it with \"kubelet\" or "
                              "\"kubelet_patch\".",
                              STR_ARG(name));
    }
    return STR_EMPTY;
}

/* A node that loses its own node-ip gets that of loam, as at its join. */
KubeletFlags kubelet_flags_change(Value before, Value after, Str address, Arena *arena) {
    StrVec dropped = names_of(before, arena), names = names_of(after, arena);
    Str ip = STR(NODE_IP);
    StrBuf words = strbuf_new(arena);
    if (!kubelet_flags_changed(before, after, arena).count)
        return (KubeletFlags){0};
    bool had_ip = str_is_among(ip, dropped.items, dropped.count);
    vec_each(&names, name)
        add_name(&dropped, *name, arena);
    for (size_t i = 0; i < count_of(after); i++)
        strbuf_add_format(&words, "--%.*s=%.*s\n", STR_ARG(name_at(after, i)),
                          STR_ARG(value_of(after, i)));
    if (had_ip && !str_is_among(ip, names.items, names.count))
        strbuf_add_format(&words, "--" NODE_IP "=%.*s\n", STR_ARG(address));
    return (KubeletFlags){.dropped = str_join(dropped.items, dropped.count, STR(" "), arena),
                          .names = str_join(names.items, names.count, STR(" "), arena),
                          .words = strbuf_str(&words)};
}

/* The file. */

/* Sets *out to the text of the variable, without the marks of kubeadm; returns false if the file
 * has another form. */
static bool read_variable(Str file, Str *out, Arena *arena) {
    Str line, rest = file;
    StrBuf text = strbuf_new(arena);
    while (str_next_field(&rest, '\n', &line)) {
        line = str_trim(line);
        if (!str_starts_with(line, STR(VARIABLE "\"")) || !str_ends_with(line, STR("\"")) ||
            line.len < sizeof VARIABLE "\"\"" - 1)
            continue;
        Str quoted = str_slice(line, sizeof VARIABLE, line.len - 1);
        for (size_t i = 0; i < quoted.len; i++) {
            if (quoted.ptr[i] == '\\' && i + 1 < quoted.len)
                i++;
            strbuf_add_char(&text, quoted.ptr[i]);
        }
        *out = strbuf_str(&text);
        return true;
    }
    return false;
}

/* Returns the values of a flag in the text. */
static StrVec values_in(Str text, Str name, Arena *arena) {
    StrVec values = {0};
    Str word, rest = text;
    Str prefix = str_format(arena, "--%.*s=", STR_ARG(name));
    while (str_next_field(&rest, ' ', &word)) {
        if (str_starts_with(word, prefix))
            vec_push(arena, &values, str_after(word, prefix.len));
    }
    return values;
}

static void add_items(ValueVec *items, const Type *element, Str name, const StrVec *values,
                      Arena *arena) {
    vec_each(values, value) {
        ObjectBuilder builder = object_builder_null(element, arena);
        object_builder_set_text(&builder, "name", name, arena);
        object_builder_set_text(&builder, "value", *value, arena);
        vec_push(arena, items, object_builder_value(&builder));
    }
}

Value kubelet_flags_observed(Value stored, Str file, Str names, const Type *list, Arena *arena) {
    StrVec all = names_of(stored, arena);
    ValueVec items = {0};
    bool differs = false;
    Str text, name, rest = names;
    if (!value_is_known(stored) || kubelet_flags_check(stored, arena).len ||
        !read_variable(file, &text, arena))
        return stored;
    while (rest.len && str_next_field(&rest, ' ', &name)) {
        if (name.len)
            add_name(&all, name, arena);
    }
    vec_each(&all, one) {
        StrVec found = values_in(text, *one, arena), wanted = flag_values_of(stored, *one, arena);
        differs |= !is_same(&found, &wanted);
        add_items(&items, list->element, *one, &found, arena);
    }
    return differs ? nested_list_value(list, &items, arena) : stored;
}
