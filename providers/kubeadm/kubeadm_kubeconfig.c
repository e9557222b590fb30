/* kubeadm_kubeconfig: reads the arguments with their defaults. */
#include "kubeadm_kubeconfig.h"

PkiKubeconfig kubeadm_kubeconfig_read(Value object, Arena *arena) {
    Str server = object_text(object, "server", STR_EMPTY);
    return (PkiKubeconfig){
        .cluster = object_text(object, "cluster_name", STR("kubernetes")),
        .user = object_text(object, "user", STR("kubernetes-admin")),
        .server = pki_kubeconfig_server(server, arena),
        .ca_certificate = object_text(object, "ca_certificate", STR_EMPTY),
        .tls_server_name = object_text(object, "tls_server_name", STR_EMPTY),
        .proxy_url = object_text(object, "proxy_url", STR_EMPTY),
        .namespace = object_text(object, "namespace", STR_EMPTY),
    };
}
