#include "flux_components.h"

#include "kube_object.h"
#include "unit.h"

static const char release[] =
    "apiVersion: apiextensions.k8s.io/v1\n"
    "kind: CustomResourceDefinition\n"
    "metadata: {name: things.x, labels: {app.kubernetes.io/component: source-controller}}\n"
    "---\n"
    "apiVersion: apps/v1\n"
    "kind: Deployment\n"
    "metadata: {name: source-controller, labels: {app.kubernetes.io/component: "
    "source-controller}}\n"
    "spec:\n"
    "  template:\n"
    "    metadata: {labels: {app: source-controller}}\n"
    "    spec:\n"
    "      containers:\n"
    "      - image: fluxcd/source-controller:v1.9.4\n"
    "        args: [--events-addr=http://x, --watch-all-namespaces, --log-level=info, --other,\n"
    "               --storage-adv-addr=source-controller.$(RUNTIME_NAMESPACE).svc.cluster.local.]\n"
    "---\n"
    "apiVersion: apps/v1\n"
    "kind: Deployment\n"
    "metadata: {name: helm-controller, labels: {app.kubernetes.io/component: helm-controller}}\n"
    "spec: {template: {spec: {containers: [{image: 'fluxcd/helm-controller:v1.6.3', args: "
    "[--log-level=info]}]}}}\n"
    "---\n"
    "apiVersion: apps/v1\n"
    "kind: Deployment\n"
    "metadata: {name: kustomize-controller, labels: {app.kubernetes.io/component: "
    "kustomize-controller}}\n"
    "spec: {template: {spec: {containers: [{image: 'fluxcd/kustomize-controller:v1.9.4', args: "
    "[--log-level=info]}]}}}\n"
    "---\n"
    "apiVersion: networking.k8s.io/v1\n"
    "kind: NetworkPolicy\n"
    "metadata: {name: allow-egress}\n"
    "---\n"
    "apiVersion: rbac.authorization.k8s.io/v1\n"
    "kind: ClusterRoleBinding\n"
    "metadata: {name: crd-controller-flux-system}\n"
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: crd-controller}\n"
    "subjects:\n"
    "- {kind: ServiceAccount, name: source-controller, namespace: flux-system}\n";

typedef struct Rendered {
    Arena *arena;
    Call call;
    Io io;
    FluxSettings settings;
    ManifestObjects release;
    ValueVec objects;
    Str problem;
} Rendered;

static bool render(Rendered *r, const FluxSettings *more) {
    static Str components[] = {STR_CONST("source-controller")};
    Diags diags;
    r->arena = arena_open("test");
    r->io = (Io){.disk = &disk_real, .clock = &clock_real};
    r->call = (Call){.arena = r->arena, .io = &r->io};
    r->settings = *more;
    if (!r->settings.components.count)
        r->settings.components = (StrVec){components, 1, 1};
    r->release = (ManifestObjects){0};
    diags = diags_new(r->arena);
    assert_true(manifest_text_read(&r->call, NO_PATH, STR_EMPTY, str_from_cstr(release),
                                   &r->release, &diags));
    return flux_components_render(&r->release, &r->settings, &r->objects, &r->problem, r->arena);
}

static FluxSettings settings_of(const char *version) {
    return (FluxSettings){.namespace = STR("team-flux"),
                          .version = str_from_cstr(version),
                          .log_level = STR("debug"),
                          .cluster_domain = STR("example.org"),
                          .registry = STR("registry.example.org/mirror"),
                          .image_pull_secret = STR("pull")};
}

static void settings_are_rendered(void **) {
    static Str keys[] = {STR_CONST("dedicated")};
    Rendered r;
    FluxSettings settings = settings_of("v2.9.4");
    settings.toleration_keys = (StrVec){keys, 1, 1};
    assert_true(render(&r, &settings));
    static const char *const kinds[] = {"Namespace", "ClusterRoleBinding",
                                        "CustomResourceDefinition", "Deployment"};
    assert_int_equal(r.objects.count, ARRAY_COUNT(kinds));
    for (size_t i = 0; i < r.objects.count; i++) {
        check_str(value_text_at(r.objects.items[i], STR("kind")), kinds[i]);
        check_str(
            kube_object_text(r.objects.items[i], "metadata.labels", "app.kubernetes.io/instance"),
            "team-flux");
    }
    check_str(json_text(r.objects.items[1], r.arena),
              "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRoleBinding\","
              "\"metadata\":{\"labels\":{\"app.kubernetes.io/instance\":\"team-flux\","
              "\"app.kubernetes.io/part-of\":\"flux\",\"app.kubernetes.io/version\":\"v2.9.4\"},"
              "\"name\":\"crd-controller-team-flux\"},\"roleRef\":{\"apiGroup\":"
              "\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":"
              "\"crd-controller-team-flux\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":"
              "\"source-controller\",\"namespace\":\"team-flux\"}]}");
    Value pod;
    assert_true(kube_object_find(r.objects.items[3], "spec.template", "spec", &pod));
    check_str(json_text(pod, r.arena),
              "{\"containers\":[{\"args\":[\"--events-addr=\",\"--watch-all-namespaces=false\","
              "\"--log-level=debug\",\"--other\",\"--storage-adv-addr=source-controller."
              "$(RUNTIME_NAMESPACE).svc.example.org.\"],\"image\":\"registry.example.org/mirror/"
              "source-controller:v1.9.4\"}],\"imagePullSecrets\":[{\"name\":\"pull\"}],"
              "\"nodeSelector\":{\"kubernetes.io/os\":\"linux\"},\"tolerations\":[{\"key\":"
              "\"dedicated\",\"operator\":\"Exists\"}]}");
    arena_close(r.arena);
}

static void settings_are_read_again(void **) {
    Rendered r;
    FluxSettings settings = settings_of("v2.9.4");
    settings.has_network_policy = true;
    assert_true(render(&r, &settings));
    Str text = flux_components_text(&r.objects, &r.settings, r.arena);
    ValueVec parsed = flux_components_parse(&r.call, text);
    check_str_equal(flux_components_digest(&parsed, r.arena),
                    flux_components_digest(&r.objects, r.arena));
    FluxSettings found = flux_components_settings(&parsed, r.arena);
    check_str(found.namespace, "team-flux");
    check_str(found.version, "v2.9.4");
    check_str(found.log_level, "debug");
    check_str(found.cluster_domain, "example.org");
    check_str(found.registry, "registry.example.org/mirror");
    check_str(found.image_pull_secret, "pull");
    assert_true(found.has_network_policy);
    assert_false(found.watches_all_namespaces);
    assert_int_equal(found.components.count, 1);
    Value first = parsed.items[0];
    parsed.items[0] = parsed.items[parsed.count - 1];
    parsed.items[parsed.count - 1] = first;
    check_str_equal(flux_components_digest(&parsed, r.arena),
                    flux_components_digest(&r.objects, r.arena));
    arena_close(r.arena);
}

static Value container_of(const Rendered *r, size_t i) {
    Value containers;
    assert_true(
        kube_object_find(r->objects.items[i], "spec.template.spec", "containers", &containers));
    return value_at(containers, 0);
}

/* The arguments that lock tenants in, per controller; source-controller has none. */
static void tenants_are_locked_in(void **) {
    static Str names[] = {STR_CONST("source-controller"), STR_CONST("kustomize-controller"),
                          STR_CONST("helm-controller")};
    Rendered r;
    FluxSettings settings = settings_of("v2.9.4"), found;
    settings.components = (StrVec){names, 3, 3};
    settings.is_multitenant = true;
    settings.tenant_account = STR("tenant");
    assert_true(render(&r, &settings));
    size_t last = r.objects.count - 1;
    check_str(json_text(container_of(&r, last), r.arena),
              "{\"args\":[\"--log-level=debug\",\"--no-cross-namespace-refs=true\","
              "\"--default-service-account=tenant\"],\"image\":\"registry.example.org/mirror/"
              "helm-controller:v1.6.3\"}");
    check_str(json_text(container_of(&r, last - 1), r.arena),
              "{\"args\":[\"--log-level=debug\",\"--no-cross-namespace-refs=true\","
              "\"--no-remote-bases=true\",\"--default-service-account=tenant\"],\"image\":"
              "\"registry.example.org/mirror/kustomize-controller:v1.9.4\"}");
    assert_int_equal(str_find(json_text(container_of(&r, last - 2), r.arena), STR("--no-cross"), 0),
                     SIZE_MAX);
    found = flux_components_settings(&r.objects, r.arena);
    assert_true(found.is_multitenant);
    check_str(found.tenant_account, "tenant");
    arena_close(r.arena);
}

static void images_are_replaced(void **) {
    Rendered r;
    Arena *arena = arena_open("images");
    Str image = STR("registry.example.org/own:v1@sha256:00");
    FluxSettings settings = settings_of("v2.9.4");
    settings.images = map_new(arena);
    map_set(&settings.images, STR("source-controller"), &image);
    assert_true(render(&r, &settings));
    check_str(value_text_at(container_of(&r, r.objects.count - 1), STR("image")),
              "registry.example.org/own:v1@sha256:00");
    arena_close(r.arena);
    map_set(&settings.images, STR("source-controler"), &image);
    assert_false(render(&r, &settings));
    assert_true(str_find(r.problem, STR("\"source-controler\", which is not"), 0) != SIZE_MAX);
    arena_close(r.arena);
    arena_close(arena);
}

static void other_releases_are_rejected(void **) {
    Rendered r;
    FluxSettings settings = settings_of("v2.8.8");
    assert_false(render(&r, &settings));
    assert_true(str_find(r.problem, STR("Set \"version\" to that of the manifests."), 0) !=
                SIZE_MAX);
    arena_close(r.arena);
    settings = settings_of("v9.9.9");
    assert_true(render(&r, &settings));
    arena_close(r.arena);
    check_str(flux_components_version(STR("v2.9.4"), STR("source-controller")), "v1.9.4");
    check_str(flux_components_version(STR("v2.9.4"), STR("none")), "");
}

static void damaged_manifests_have_no_objects(void **) {
    static const char *const texts[] = {"", "a: [", "not yaml: : :", "---\n---\n", "- 1\n"};
    Rendered r;
    FluxSettings settings = settings_of("v2.9.4");
    assert_true(render(&r, &settings));
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        ValueVec objects = flux_components_parse(&r.call, str_from_cstr(texts[i]));
        assert_int_equal(objects.count, 0);
        assert_int_equal(flux_components_settings(&objects, r.arena).components.count, 0);
    }
    arena_close(r.arena);
}

UNIT_MAIN(test_flux_components) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_rendered),
        cmocka_unit_test(settings_are_read_again),
        cmocka_unit_test(tenants_are_locked_in),
        cmocka_unit_test(images_are_replaced),
        cmocka_unit_test(other_releases_are_rejected),
        cmocka_unit_test(damaged_manifests_have_no_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
