/* sealing_certificate: reads the service for its port, then the certificate by the API server's
 * proxy. */
#include "sealing_certificate.h"

#include "kube_object.h"

static const KubeResource services = KUBE_CORE_RESOURCE("Service", "services");

/* Returns the name of the first port, by which the API server's proxy selects it; it may be empty.
 */
static Str port_name(Value service) {
    Value ports;
    return kube_object_find(service, "spec", "ports", &ports) && value_is_present(ports) &&
                   type_is_sequence(ports.type) && ports.count
               ? kube_object_text(value_at(ports, 0), "", "name")
               : STR_EMPTY;
}

Str sealing_certificate_fetch(const Call *call, Str namespace, Str name, Str *why, Diags *diags) {
    KubeCall kube = cluster_call(call);
    KubeRef ref = {.resource = &services, .namespace = namespace, .name = name};
    KubeResponse response;
    Value service;
    if (kube_call_get(&kube, &ref, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &service, kube.arena)) {
        *why = str_format(kube.arena, "the service of the controller: %.*s",
                          STR_ARG(response.problem));
        return STR_EMPTY;
    }
    ref.name = str_format(kube.arena, "http:%.*s:%.*s", STR_ARG(name), STR_ARG(port_name(service)));
    ref.subresource = STR("proxy");
    KubeRequest request = {
        .method = "GET",
        .path = str_concat(kube_resource_path(&ref, kube.arena), STR("/v1/cert.pem"), kube.arena),
        .accept = STR("application/x-pem-file, */*"),
        .attempts_max = call->is_planning ? 1 : 0,
    };
    if (kube_call_send(&kube, request, &response, diags) == KUBE_DONE)
        return response.body;
    *why = response.problem;
    return STR_EMPTY;
}
