/* package_repository: files of repositories, texts that are rejected, proxies. */
#include "package_repository.h"
#include "unit.h"

static const PackageDriver *const apt = &package_driver_table[PACKAGE_APT];
static const PackageDriver *const dnf = &package_driver_table[PACKAGE_DNF];
static const PackageDriver *const zypper = &package_driver_table[PACKAGE_ZYPPER];

static PackageRepository repository_of(Arena *arena) {
    PackageRepository repository = {
        .name = "kubernetes",
        .url = STR("https://pkgs.example/v1.34/"),
        .suite = STR("/"),
        .key = STR("KEY"),
        .version = STR("1.34.4"),
        .proxy = STR("http://proxy.example:3128"),
    };
    vec_push(arena, &repository.packages, STR("kubelet"));
    vec_push(arena, &repository.packages, STR("kubeadm"));
    return repository;
}

/* Returns paths and texts of the files. */
static Str files_of(const PackageRepository *repository, const PackageDriver *driver,
                    bool is_former, Arena *arena) {
    NodeFiles files = {0};
    StrBuf out = strbuf_new(arena);
    check_str(package_repository_files(repository, driver, is_former, &files, arena), "");
    vec_each(&files, file)
        strbuf_add_format(&out, "%.*s:\n%.*s\n", STR_ARG(node_files_path(file)),
                          STR_ARG(file->text));
    return strbuf_str(&out);
}

static void test_files(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PackageRepository repository = repository_of(arena);
    check_str(files_of(&repository, apt, false, arena),
              "/etc/apt/keyrings/loam-kubernetes.asc:\nKEY\n"
              "/etc/apt/sources.list.d/loam-kubernetes.sources:\n"
              "Types: deb\nURIs: https://pkgs.example/v1.34/\nSuites: /\n"
              "Signed-By: /etc/apt/keyrings/loam-kubernetes.asc\n\n"
              "/etc/apt/apt.conf.d/95loam-kubernetes-proxy:\n"
              "Acquire::https::Proxy::pkgs.example \"http://proxy.example:3128\";\n\n");
    check_str(files_of(&repository, apt, true, arena),
              "/etc/apt/keyrings/loam-kubernetes.asc:\nKEY\n"
              "/etc/apt/sources.list.d/loam-kubernetes.list:\n"
              "deb [signed-by=/etc/apt/keyrings/loam-kubernetes.asc] "
              "https://pkgs.example/v1.34/ /\n\n");
#define RPM_FILE(directory, more)                                                                  \
    "/etc/pki/rpm-gpg/loam-kubernetes.asc:\nKEY\n" directory "/loam-kubernetes.repo:\n"            \
    "[loam-kubernetes]\nname=loam-kubernetes\nbaseurl=https://pkgs.example/v1.34/\nenabled=1\n"    \
    "gpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/loam-kubernetes.asc\n" more "\n"
    check_str(files_of(&repository, dnf, false, arena),
              RPM_FILE("/etc/yum.repos.d", "excludepkgs=kubelet kubeadm cri-tools kubernetes-cni\n"
                                           "proxy=http://proxy.example:3128\n"));
    check_str(files_of(&repository, zypper, false, arena), RPM_FILE("/etc/zypp/repos.d", ""));
}

/* A suite with components; a key that the machine has; packages that are not held. */
static void test_runtime(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PackageRepository repository = {.name = "runtime",
                                    .url = STR("https://download.docker.com/linux/debian"),
                                    .suite = STR("bookworm stable test")};
    check_str(files_of(&repository, apt, false, arena),
              "/etc/apt/sources.list.d/loam-runtime.sources:\nTypes: deb\n"
              "URIs: https://download.docker.com/linux/debian\nSuites: bookworm\n"
              "Components: stable test\n\n");
    check_str(files_of(&repository, dnf, false, arena),
              "/etc/yum.repos.d/loam-runtime.repo:\n[loam-runtime]\nname=loam-runtime\n"
              "baseurl=https://download.docker.com/linux/debian\nenabled=1\ngpgcheck=1\n\n");
    repository.url = STR_EMPTY;
    check_str(files_of(&repository, dnf, false, arena), "");
}

/* No text adds a line, an option or a command. */
static void test_rejected(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        size_t field;
        const char *text;
    } rows[] = {
        {offsetof(PackageRepository, url), "https://a/ b"},
        {offsetof(PackageRepository, url), "https://a/\ngpgcheck=0"},
        {offsetof(PackageRepository, url), "[trusted=yes] https://a/"},
        {offsetof(PackageRepository, suite), ""},
        {offsetof(PackageRepository, suite), "/\nTrusted: yes"},
        {offsetof(PackageRepository, suite), "a  b"},
        {offsetof(PackageRepository, version), "1 -o x"},
        {offsetof(PackageRepository, version), "1-"},
        {offsetof(PackageRepository, proxy), "http://a\"; x"},
        {offsetof(PackageRepository, proxy), "http://a\ngpgcheck=0"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        PackageRepository repository = repository_of(arena);
        *(Str *)((char *)&repository + rows[i].field) = str_from_cstr(rows[i].text);
        for (size_t j = 0; j < PACKAGE_DRIVER_COUNT; j++) {
            NodeFiles files = {0};
            Str problem = package_repository_files(&repository, &package_driver_table[j], false,
                                                   &files, arena);
            assert_true(problem.len > 0);
            assert_int_equal(files.count, 0);
        }
    }
    static const char *const names[] = {"-o", "kubelet-", "kube let", "kubelet=1", "*", ""};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        NodeFiles files = {0};
        PackageRepository repository = repository_of(arena);
        vec_push(arena, &repository.packages, str_from_cstr(names[i]));
        assert_true(package_repository_files(&repository, dnf, false, &files, arena).len > 0);
    }
}

static void test_url(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *url;
        const char *deb;
        const char *rpm;
    } rows[] = {
        {"https://a/v{minor}/{format}/", "https://a/v1.34/deb/", "https://a/v1.34/rpm/"},
        {"https://a/", "https://a/", "https://a/"},
        {"https://a/{x}/{minor", "https://a/{x}/{minor", "https://a/{x}/{minor"},
        {"{format}}{", "deb}{", "rpm}{"},
        {"", "", ""},
    };
    KubeVersion version = {1, 34, 4, STR_CONST("")};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str url = str_from_cstr(rows[i].url);
        check_str(package_repository_url(url, version, apt, arena), rows[i].deb);
        check_str(package_repository_url(url, version, dnf, arena), rows[i].rpm);
        check_str(package_repository_url(url, version, zypper, arena), rows[i].rpm);
    }
}

static void test_proxy(void **) {
    static const struct {
        const char *url;
        const char *no_proxy;
        const char *proxy;
    } rows[] = {
        {"https://pkgs.example/v1/", "", "https"},
        {"http://pkgs.example:80/v1/", "", "http"},
        {"https://user@pkgs.example:8443/", "localhost, pkgs.example", ""},
        {"https://pkgs.example/", ".example", ""},
        {"https://pkgs.example/", "example", ""},
        {"https://pkgs.example/", "ample,kgs.example,.other", "https"},
        {"https://pkgs.example/", "*", ""},
        {"file:///srv/packages", "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        check_str(package_repository_proxy(str_from_cstr(rows[i].url), STR("http"), STR("https"),
                                           str_from_cstr(rows[i].no_proxy)),
                  rows[i].proxy);
}

UNIT_MAIN(test_package_repository) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),    cmocka_unit_test(test_runtime),
        cmocka_unit_test(test_rejected), cmocka_unit_test(test_url),
        cmocka_unit_test(test_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
