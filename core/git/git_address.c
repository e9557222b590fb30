/* Expands short forms of git addresses and rejects unsafe ones. */
#include "git_address.h"

#include "url.h"

static Str cut_query(Str address, Str *query) {
    size_t mark = str_find_char(address, '?', 0);
    *query = mark == SIZE_MAX ? STR_EMPTY : str_after(address, mark);
    return str_slice(address, 0, mark);
}

/* Expands HOST/OWNER/REPOSITORY, with an optional subdirectory. */
static bool claim_hub(Str address, Str *package, Arena *arena) {
    static const char *const hubs[] = {"github.com/", "bitbucket.org/"};
    Str query;
    Str rest = cut_query(address, &query);
    for (size_t i = 0; i < ARRAY_COUNT(hubs); i++) {
        Str hub = str_from_cstr(hubs[i]);
        Str owner;
        Str name;
        Str within = str_after(rest, hub.len);
        if (!str_starts_with(rest, hub) || !str_next_field(&within, '/', &owner) ||
            !str_next_field(&within, '/', &name) || !owner.len || !name.len)
            continue;
        if (str_ends_with(name, STR(".git")))
            name = str_slice(name, 0, name.len - 4);
        *package = str_format(arena, "git::https://%.*s%.*s/%.*s.git%s%.*s%.*s", STR_ARG(hub),
                              STR_ARG(owner), STR_ARG(name), within.len ? "//" : "",
                              STR_ARG(within), STR_ARG(query));
        return true;
    }
    return false;
}

/* Converts the scp form user@host:path → ssh://user@host/path. */
static bool from_scp(Str text, Str *out, Arena *arena) {
    size_t at = str_find_char(text, '@', 0);
    size_t colon = str_find_char(text, ':', 0);
    if (at == SIZE_MAX || colon == SIZE_MAX || at == 0 || colon < at || colon + 1 == text.len ||
        !str_has_only(str_slice(text, 0, at), "-_.") ||
        !str_has_only(str_slice(text, at + 1, colon), "-_."))
        return false;
    Str path = str_after(text, colon + 1);
    *out = str_format(arena, "ssh://%.*s%s%.*s", (int)colon, text.ptr,
                      str_starts_with(path, STR("/")) ? "" : "/", STR_ARG(path));
    return true;
}

static bool has_git_scheme(Str address) {
    Url url;
    if (!url_parse(address, &url))
        return false;
    return str_equal(url.scheme, STR("ssh")) || str_equal(url.scheme, STR("git")) ||
           (str_equal(url.scheme, STR("https")) && str_ends_with(url.path, STR(".git")));
}

bool git_address_claims(Str address, Str *package, Arena *arena) {
    Str forced = STR("git::");
    bool is_forced = str_starts_with(address, forced);
    Str rest = is_forced ? str_after(address, forced.len) : address;
    Str query;
    Str plain = cut_query(rest, &query);
    if (claim_hub(rest, package, arena))
        return true;
    if (from_scp(plain, &plain, arena)) {
        *package = str_format(arena, "git::%.*s%.*s", STR_ARG(plain), STR_ARG(query));
        return true;
    }
    *package = is_forced ? address : str_concat(forced, address, arena);
    return is_forced || has_git_scheme(address);
}

static bool git_address_has_no_blanks(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7f)
            return false;
    }
    return true;
}

bool git_address_is_ref(Str ref) {
    static const char special[] = ":*?[\\^~";
    if (!ref.len || str_equal(ref, STR("@")) || str_ends_with(ref, STR("/")) || ref.ptr[0] == '-' ||
        ref.ptr[0] == '+' || !git_address_has_no_blanks(ref) ||
        str_find(ref, STR(".."), 0) != SIZE_MAX || str_find(ref, STR("@{"), 0) != SIZE_MAX)
        return false;
    for (size_t i = 0; special[i]; i++) {
        if (str_find_char(ref, special[i], 0) != SIZE_MAX)
            return false;
    }
    for (Str part; str_next_field(&ref, '/', &part);) {
        if (!part.len || part.ptr[0] == '.' || str_ends_with(part, STR(".lock")) ||
            str_ends_with(part, STR(".")))
            return false;
    }
    return true;
}

bool git_address_is_url(Str text) {
    static const char *const schemes[] = {"https", "ssh", "http", "git", "file"};
    Url url;
    if (str_starts_with(text, STR("/")))
        return git_address_has_no_blanks(text);
    if (!url_parse(text, &url) || !git_address_has_no_blanks(text) ||
        str_starts_with(url.host, STR("-")) || str_starts_with(url.userinfo, STR("-")) ||
        str_starts_with(url.path, STR("/-")))
        return false;
    bool is_file = str_equal(url.scheme, STR("file"));
    for (size_t i = 0; i < ARRAY_COUNT(schemes); i++) {
        if (str_equal_cstr(url.scheme, schemes[i]))
            return is_file ? url.host.len == 0 : url.host.len > 0;
    }
    return false;
}

static bool check_parameters(Str query, const char **problem) {
    for (Str parameter; str_next_field(&query, '&', &parameter);) {
        Str name = str_slice(parameter, 0, str_find_char(parameter, '=', 0));
        if (!name.len || str_equal(name, STR("ref")) || str_equal(name, STR("depth")))
            continue;
        *problem = str_equal(name, STR("sshkey"))
                       ? "An address must not contain a key. Configure the key in ssh or its agent."
                       : "A git address supports only the parameters \"ref\" and \"depth\".";
        return false;
    }
    return true;
}

static bool read_depth(Str query, Str *out, const char **problem) {
    uint64_t depth;
    if (!url_query_find(query, STR("depth"), out))
        return true;
    if (str_to_uint64(*out, &depth) && depth > 0 && depth < INT32_MAX)
        return true;
    *problem = "\"depth\" must be a number of commits, 1 or more.";
    return false;
}

static bool git_address_read_ref(Str query, Str *out, const char **problem, Arena *arena) {
    if (!url_query_find(query, STR("ref"), out))
        return true;
    if (url_decode(*out, out, arena) && git_address_is_ref(*out))
        return true;
    *problem = "\"ref\" must be the name of a branch or tag, or a commit.";
    return false;
}

bool git_address_parse(Str package, GitAddress *out, const char **problem, Arena *arena) {
    GitAddress address = {0};
    Str query;
    address.url = cut_query(str_after(package, strlen("git::")), &query);
    query = str_after(query, 1);
    if (!git_address_is_url(address.url)) {
        *problem = "A git address must be a URL with https, ssh, http, git or file, such as "
                   "\"https://host/path.git\", or an absolute path.";
        return false;
    }
    if (!check_parameters(query, problem) || !read_depth(query, &address.depth, problem) ||
        !git_address_read_ref(query, &address.ref, problem, arena))
        return false;
    *out = address;
    return true;
}
