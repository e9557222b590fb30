/* package_repository: writes files of apt in the format deb822, and files of dnf and zypper. */
#include "package_repository.h"

static bool repository_is_word(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return false;
    }
    return text.len > 0;
}

/* Of Debian: letters, digits and some signs. No text is an option or a pattern of a command, and
 * none ends in "-", which removes a package with apt. */
static bool is_of_package(Str text, const char *signs) {
    return text.len > 0 && isalnum((unsigned char)text.ptr[0]) && str_has_only(text, signs) &&
           !str_ends_with(text, STR("-"));
}

/* Words with one blank between them. */
static bool is_suite(Str suite) {
    Str word;
    if (!suite.len || suite.ptr[0] == '[')
        return false;
    while (str_next_field(&suite, ' ', &word)) {
        if (!repository_is_word(word))
            return false;
    }
    return true;
}

static Str repository_check(const PackageRepository *repository) {
    if (!repository_is_word(repository->url) || !is_suite(repository->suite))
        return STR("The URL of a repository has no blanks and no control characters. Its suite and "
                   "components have one blank between them.");
    if (!isalpha((unsigned char)repository->url.ptr[0]))
        return STR("The URL of a repository begins with its scheme.");
    if (repository->proxy.len && (!repository_is_word(repository->proxy) ||
                                  str_find_char(repository->proxy, '"', 0) != SIZE_MAX))
        return STR("The proxy of a repository has no blanks, quotes and control characters.");
    if (repository->version.len && !is_of_package(repository->version, "+-.:~"))
        return STR("The version of a package has letters, digits, \"+\", \"-\", \".\", \":\" and "
                   "\"~\" only.");
    vec_each(&repository->packages, package) {
        if (!is_of_package(*package, "+-.:_"))
            return STR("Names of packages have letters, digits, \"+\", \"-\", \".\", \":\" and "
                       "\"_\" only, and begin with a letter or digit.");
    }
    return STR_EMPTY;
}

static void add_part(StrBuf *out, Str part, KubeVersion version, const PackageDriver *driver) {
    if (str_equal(part, STR("minor")))
        strbuf_add_format(out, "%u.%u", version.major, version.minor);
    else if (str_equal(part, STR("format")))
        strbuf_add_cstr(out, driver->format);
    else
        strbuf_add_format(out, "{%.*s}", STR_ARG(part));
}

Str package_repository_url(Str url, KubeVersion version, const PackageDriver *driver,
                           Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (;;) {
        size_t start = str_find_char(url, '{', 0);
        size_t end = start == SIZE_MAX ? SIZE_MAX : str_find_char(url, '}', start);
        if (end == SIZE_MAX)
            break;
        strbuf_add(&out, str_slice(url, 0, start));
        add_part(&out, str_slice(url, start + 1, end), version, driver);
        url = str_after(url, end + 1);
    }
    strbuf_add(&out, url);
    return strbuf_str(&out);
}

/* Returns the host of a URL, without user and port. */
static Str url_host(Str url) {
    size_t start = str_find(url, STR("://"), 0);
    Str rest = start == SIZE_MAX ? url : str_after(url, start + 3);
    rest = str_slice(rest, 0, str_find_char(rest, '/', 0));
    size_t at = str_rfind_char(rest, '@');
    if (at != SIZE_MAX)
        rest = str_after(rest, at + 1);
    return str_slice(rest, 0, str_find_char(rest, ':', 0));
}

Str package_repository_proxy(Str url, Str http_proxy, Str https_proxy, Str no_proxy) {
    Str host = url_host(url), part;
    if (str_starts_with(url, STR("file:")))
        return STR_EMPTY;
    while (str_next_field(&no_proxy, ',', &part)) {
        part = str_trim(part);
        if (str_starts_with(part, STR(".")))
            part = str_after(part, 1);
        bool is_below = part.len < host.len && str_ends_with(host, part) &&
                        host.ptr[host.len - part.len - 1] == '.';
        if (part.len && (str_equal(part, host) || str_equal(part, STR("*")) || is_below))
            return STR_EMPTY;
    }
    return str_starts_with(url, STR("http:")) ? http_proxy : https_proxy;
}

static void repository_add(NodeFiles *out, Str path, Str text, Arena *arena) {
    NodeFile file = {.name = path, .text = text, .mode = 0644, .service = SERVICE_PACKAGES};
    vec_push(arena, out, file);
}

static Str former_list(const PackageRepository *repository, Str key, Arena *arena) {
    Str signature = key.len ? str_format(arena, "[signed-by=%.*s] ", STR_ARG(key)) : STR_EMPTY;
    return str_format(arena, "deb %.*s%.*s %.*s\n", STR_ARG(signature), STR_ARG(repository->url),
                      STR_ARG(repository->suite));
}

static Str apt_sources(const PackageRepository *repository, Str key, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t blank = str_find_char(repository->suite, ' ', 0);
    strbuf_add_format(&out, "Types: deb\nURIs: %.*s\nSuites: %.*s\n", STR_ARG(repository->url),
                      STR_ARG(str_slice(repository->suite, 0, blank)));
    if (blank != SIZE_MAX)
        strbuf_add_format(&out, "Components: %.*s\n",
                          STR_ARG(str_after(repository->suite, blank + 1)));
    if (key.len)
        strbuf_add_format(&out, "Signed-By: %.*s\n", STR_ARG(key));
    return strbuf_str(&out);
}

/* The repository of Kubernetes signs its list as well; those of container runtimes may sign their
 * packages only. zypper ignores excludepkgs. */
static Str rpm_repository(const PackageRepository *repository, const PackageDriver *driver, Str key,
                          Arena *arena) {
    StrBuf out = strbuf_new(arena);
    bool is_kubernetes = str_equal_cstr(STR("kubernetes"), repository->name);
    strbuf_add_format(&out, "[loam-%s]\nname=loam-%s\nbaseurl=%.*s\nenabled=1\ngpgcheck=1\n",
                      repository->name, repository->name, STR_ARG(repository->url));
    if (key.len)
        strbuf_add_format(&out, "repo_gpgcheck=%d\ngpgkey=file://%.*s\n", is_kubernetes,
                          STR_ARG(key));
    if (repository->version.len && driver == &package_driver_table[PACKAGE_DNF]) {
        Str names =
            str_join(repository->packages.items, repository->packages.count, STR(" "), arena);
        strbuf_add_format(&out, "excludepkgs=%.*s%s\n", STR_ARG(names),
                          is_kubernetes ? " cri-tools kubernetes-cni" : "");
    }
    if (repository->proxy.len && driver == &package_driver_table[PACKAGE_DNF])
        strbuf_add_format(&out, "proxy=%.*s\n", STR_ARG(repository->proxy));
    return strbuf_str(&out);
}

static void add_apt_proxy(const PackageRepository *repository, NodeFiles *out, Arena *arena) {
    Str host = url_host(repository->url);
    bool is_clear = str_starts_with(repository->url, STR("http:"));
    repository_add(out, str_format(arena, "/etc/apt/apt.conf.d/95loam-%s-proxy", repository->name),
                   str_format(arena, "Acquire::%s::Proxy::%.*s \"%.*s\";\n",
                              is_clear ? "http" : "https", STR_ARG(host),
                              STR_ARG(repository->proxy)),
                   arena);
}

Str package_repository_files(const PackageRepository *repository, const PackageDriver *driver,
                             bool is_former, NodeFiles *out, Arena *arena) {
    /* A copy of a row may have other directories. */
    bool is_apt = driver && strcmp(driver->name, package_driver_table[PACKAGE_APT].name) == 0;
    Str text, key = STR_EMPTY;
    if (!repository->url.len)
        return STR_EMPTY;
    if (!driver)
        return STR("loam knows no program of this machine that installs packages. Use a bundle.");
    Str problem = repository_check(repository);
    if (problem.len)
        return problem;
    if (repository->key.len) {
        key = str_format(arena, "%s/loam-%s.asc", driver->keys, repository->name);
        repository_add(out, key, repository->key, arena);
    }
    if (is_apt)
        text =
            is_former ? former_list(repository, key, arena) : apt_sources(repository, key, arena);
    else
        text = rpm_repository(repository, driver, key, arena);
    Str path = str_format(arena, "%s/loam-%s.%s", driver->sources, repository->name,
                          is_apt && is_former ? "list" : driver->suffix);
    repository_add(out, path, text, arena);
    if (is_apt && repository->proxy.len && !is_former)
        add_apt_proxy(repository, out, arena);
    return STR_EMPTY;
}
