/* Parses addresses into source kind, package and subdirectory. */
#include "module_source.h"

#include "disk.h"
#include "url.h"

static bool claim_local(Str address, Str *package, Arena *) {
    *package = address;
    return disk_is_explicit(address);
}

const ModuleSource module_source_local = {
    .name = "local",
    .forms = "./DIR, ../DIR, /DIR",
    .claims = claim_local,
};

Str module_source_split(Str address, Str *subdir, Arena *arena) {
    size_t mark = str_find_char(address, '?', 0);
    Str path = str_slice(address, 0, mark);
    Str query = mark == SIZE_MAX ? STR_EMPTY : str_after(address, mark);
    size_t scheme = str_find(path, STR("://"), 0);
    size_t at = str_find(path, STR("//"), scheme == SIZE_MAX ? 0 : scheme + 3);
    *subdir = STR_EMPTY;
    if (at == SIZE_MAX)
        return address;
    *subdir = str_after(path, at + 2);
    return str_concat(str_slice(path, 0, at), query, arena);
}

/* Joins and normalises a subdirectory; returns false if it leaves the package. */
static bool clean_subdir(Str a, Str b, Str *out, Arena *arena) {
    if (str_starts_with(a, STR("/")) || str_starts_with(b, STR("/")))
        return false;
    Str joined = disk_clean(disk_join(a, b, arena), arena);
    bool leads_out = str_equal(joined, STR("..")) || str_starts_with(joined, STR("../"));
    *out = str_equal(joined, STR(".")) ? STR_EMPTY : joined;
    return !leads_out;
}

static bool source_report_unknown(const ModuleSources *sources, Str address, SourceRange range,
                                  Arena *arena, Diags *diags) {
    StrBuf forms = strbuf_new(arena);
    for (size_t i = 0; i < sources->count; i++)
        strbuf_add_format(&forms, "\n  - %s: %s", sources->rows[i]->name, sources->rows[i]->forms);
    Str shown = url_redact(address, arena);
    bool may_be_path = str_find(address, STR(":"), 0) == SIZE_MAX && !disk_is_explicit(address);
    Str hint = may_be_path
                   ? str_format(arena, " If it is a directory, write \"./%.*s\".", STR_ARG(shown))
                   : STR_EMPTY;
    return diags_fail(diags, range, "Unsupported module source",
                      "\"%.*s\" is not a supported module source.%.*s The kinds are:%.*s",
                      STR_ARG(shown), STR_ARG(hint), STR_ARG(strbuf_str(&forms)));
}

static bool source_is_plain(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7f)
            return false;
    }
    return true;
}

/* Replaces the default host of a registry by that of the run. */
static Str with_default_host(const ModuleSource *kind, Str host, Str address, Str package,
                             Arena *arena) {
    Str own = kind->default_host ? str_from_cstr(kind->default_host) : STR_EMPTY;
    bool is_default = own.len && host.len && str_starts_with(package, own) &&
                      str_ends_with(package, str_concat(STR("/"), address, arena));
    return is_default ? str_format(arena, "%.*s/%.*s", STR_ARG(host), STR_ARG(address)) : package;
}

static const ModuleSource *source_find_kind(const ModuleSources *sources, Str address, Str *package,
                                            Arena *arena) {
    for (size_t i = 0; i < sources->count; i++) {
        const ModuleSource *kind = sources->rows[i];
        if (!kind->claims(address, package, arena))
            continue;
        *package = with_default_host(kind, sources->default_host, address, *package, arena);
        return kind;
    }
    return NULL;
}

bool module_source_parse(const ModuleSources *sources, Str address, SourceRange range,
                         SourceAddress *out, Arena *arena, Diags *diags) {
    static const ModuleSource *const local[] = {&module_source_local};
    static const ModuleSources only_local = {.rows = local, .count = ARRAY_COUNT(local)};
    sources = sources ? sources : &only_local;
    SourceAddress parsed = {0};
    Str within = STR_EMPTY;
    Str subdir = STR_EMPTY;
    bool is_in_place = disk_is_explicit(address);
    Str rest = is_in_place ? address : module_source_split(address, &subdir, arena);
    parsed.kind =
        source_is_plain(address) ? source_find_kind(sources, rest, &parsed.package, arena) : NULL;
    if (!parsed.kind)
        return source_report_unknown(sources, address, range, arena, diags);
    if (!is_in_place)
        parsed.package = module_source_split(parsed.package, &within, arena);
    if (!clean_subdir(within, subdir, &parsed.subdir, arena))
        return diags_fail(
            diags, range, "Invalid module source",
            "The part after \"//\" in \"%.*s\" is a directory inside the package and cannot "
            "lead out of it.",
            STR_ARG(url_redact(address, arena)));
    *out = parsed;
    return true;
}

bool module_source_check_versions(const SourceAddress *address, Str source, SourceRange range,
                                  Arena *arena, Diags *diags) {
    if (address->kind->has_versions)
        return true;
    return diags_fail(diags, range, "Invalid registry module source address",
                      "\"version\" is only for modules from a registry, and \"%.*s\" is not one%s.",
                      STR_ARG(url_redact(source, arena)),
                      address->kind->fetch ? "; add the revision to the address" : "");
}

/* The subdirectory after "//" is not part of the URL path. */
Str module_source_resolve(Str page, Str location, Arena *arena) {
    Str subdir;
    Url url;
    if (!disk_is_explicit(location))
        return location;
    Str package = url_resolve(page, module_source_split(location, &subdir, arena), arena);
    if (!subdir.len || !url_parse(package, &url))
        return package;
    url.path = str_format(arena, "%.*s//%.*s", STR_ARG(url.path), STR_ARG(subdir));
    return url_to_str(&url, arena);
}
