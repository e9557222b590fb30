/* component_config: validates by a table of the fields of Kubernetes 1.37. */
#include "component_config.h"
#include "clock.h"
#include "str_quote.h"

typedef enum FieldKind {
    FIELD_TEXT,
    FIELD_INTEGER,
    FIELD_NUMBER,
    FIELD_BOOLEAN,
    FIELD_DURATION,
    FIELD_DURATION_OR_INTEGER,
    FIELD_TEXTS,
    FIELD_INTEGERS,
    FIELD_TEXT_MAP,
    FIELD_BOOLEAN_MAP,
    FIELD_TEXT_LIST_MAP,
    FIELD_OBJECT,
    FIELD_OBJECTS,
} FieldKind;

typedef struct ConfigField ConfigField;
struct ConfigField {
    const char *name;
    FieldKind kind;
    const ConfigField *fields; /* of an object, or of the objects in a list */
    size_t count;
    uint32_t since; /* minor version of Kubernetes 1 that added it; 0: all have it */
};

#define FIELDS(table) (table), ARRAY_COUNT((table))

/* clang-format off */
static const ConfigField kubelet_x509_authentication[] = {
    {"clientCAFile", FIELD_TEXT},
};

static const ConfigField kubelet_webhook_authentication[] = {
    {"enabled", FIELD_BOOLEAN},
    {"cacheTTL", FIELD_DURATION},
};

static const ConfigField kubelet_anonymous_authentication[] = {
    {"enabled", FIELD_BOOLEAN},
};

static const ConfigField kubelet_authentication[] = {
    {"x509", FIELD_OBJECT, FIELDS(kubelet_x509_authentication)},
    {"webhook", FIELD_OBJECT, FIELDS(kubelet_webhook_authentication)},
    {"anonymous", FIELD_OBJECT, FIELDS(kubelet_anonymous_authentication)},
};

static const ConfigField kubelet_webhook_authorization[] = {
    {"cacheAuthorizedTTL", FIELD_DURATION},
    {"cacheUnauthorizedTTL", FIELD_DURATION},
};

static const ConfigField kubelet_authorization[] = {
    {"mode", FIELD_TEXT},
    {"webhook", FIELD_OBJECT, FIELDS(kubelet_webhook_authorization)},
};

static const ConfigField memory_swap_configuration[] = {
    {"swapBehavior", FIELD_TEXT},
};

static const ConfigField v_module_item[] = {
    {"filePattern", FIELD_TEXT},
    {"verbosity", FIELD_INTEGER},
};

static const ConfigField text_options[] = {
    {"splitStream", FIELD_BOOLEAN},
    {"infoBufferSize", FIELD_TEXT},
};

static const ConfigField json_options[] = {
    {"splitStream", FIELD_BOOLEAN},
    {"infoBufferSize", FIELD_TEXT},
};

static const ConfigField format_options[] = {
    {"text", FIELD_OBJECT, FIELDS(text_options)},
    {"json", FIELD_OBJECT, FIELDS(json_options)},
};

static const ConfigField logging_configuration[] = {
    {"format", FIELD_TEXT},
    {"flushFrequency", FIELD_DURATION_OR_INTEGER},
    {"verbosity", FIELD_INTEGER},
    {"vmodule", FIELD_OBJECTS, FIELDS(v_module_item)},
    {"options", FIELD_OBJECT, FIELDS(format_options)},
};

static const ConfigField shutdown_grace_period_by_pod_priority[] = {
    {"priority", FIELD_INTEGER},
    {"shutdownGracePeriodSeconds", FIELD_INTEGER},
};

static const ConfigField crash_loop_back_off_config[] = {
    {"maxContainerRestartPeriod", FIELD_DURATION},
};

static const ConfigField memory_reservation[] = {
    {"numaNode", FIELD_INTEGER},
    {"limits", FIELD_TEXT_MAP},
};

static const ConfigField taint_fields[] = {
    {"key", FIELD_TEXT},
    {"value", FIELD_TEXT},
    {"effect", FIELD_TEXT},
    {"timeAdded", FIELD_TEXT},
};

static const ConfigField tracing_configuration[] = {
    {"endpoint", FIELD_TEXT},
    {"samplingRatePerMillion", FIELD_INTEGER},
};

static const ConfigField user_namespaces[] = {
    {"idsPerPod", FIELD_INTEGER},
};

static const ConfigField kubelet_configuration[] = {
    {"enableServer", FIELD_BOOLEAN},
    {"staticPodPath", FIELD_TEXT},
    {"podLogsDir", FIELD_TEXT},
    {"syncFrequency", FIELD_DURATION},
    {"fileCheckFrequency", FIELD_DURATION},
    {"httpCheckFrequency", FIELD_DURATION},
    {"staticPodURL", FIELD_TEXT},
    {"staticPodURLHeader", FIELD_TEXT_LIST_MAP},
    {"address", FIELD_TEXT},
    {"port", FIELD_INTEGER},
    {"readOnlyPort", FIELD_INTEGER},
    {"tlsCertFile", FIELD_TEXT},
    {"tlsPrivateKeyFile", FIELD_TEXT},
    {"tlsCipherSuites", FIELD_TEXTS},
    {"tlsMinVersion", FIELD_TEXT},
    {"tlsCurvePreferences", FIELD_INTEGERS, .since = 36},
    {"rotateCertificates", FIELD_BOOLEAN},
    {"serverTLSBootstrap", FIELD_BOOLEAN},
    {"authentication", FIELD_OBJECT, FIELDS(kubelet_authentication)},
    {"authorization", FIELD_OBJECT, FIELDS(kubelet_authorization)},
    {"registryPullQPS", FIELD_INTEGER},
    {"registryBurst", FIELD_INTEGER},
    {"imagePullCredentialsVerificationPolicy", FIELD_TEXT, .since = 33},
    {"preloadedImagesVerificationAllowlist", FIELD_TEXTS, .since = 33},
    {"eventRecordQPS", FIELD_INTEGER},
    {"eventBurst", FIELD_INTEGER},
    {"enableDebuggingHandlers", FIELD_BOOLEAN},
    {"enableContentionProfiling", FIELD_BOOLEAN},
    {"healthzPort", FIELD_INTEGER},
    {"healthzBindAddress", FIELD_TEXT},
    {"oomScoreAdj", FIELD_INTEGER},
    {"clusterDomain", FIELD_TEXT},
    {"clusterDNS", FIELD_TEXTS},
    {"streamingConnectionIdleTimeout", FIELD_DURATION},
    {"nodeStatusUpdateFrequency", FIELD_DURATION},
    {"nodeStatusReportFrequency", FIELD_DURATION},
    {"nodeLeaseDurationSeconds", FIELD_INTEGER},
    {"imageMinimumGCAge", FIELD_DURATION},
    {"imageMaximumGCAge", FIELD_DURATION},
    {"imageGCHighThresholdPercent", FIELD_INTEGER},
    {"imageGCLowThresholdPercent", FIELD_INTEGER},
    {"volumeStatsAggPeriod", FIELD_DURATION},
    {"kubeletCgroups", FIELD_TEXT},
    {"systemCgroups", FIELD_TEXT},
    {"cgroupRoot", FIELD_TEXT},
    {"cgroupsPerQOS", FIELD_BOOLEAN},
    {"cgroupDriver", FIELD_TEXT},
    {"cpuManagerPolicy", FIELD_TEXT},
    {"singleProcessOOMKill", FIELD_BOOLEAN, .since = 32},
    {"cpuManagerPolicyOptions", FIELD_TEXT_MAP},
    {"cpuManagerReconcilePeriod", FIELD_DURATION},
    {"memoryManagerPolicy", FIELD_TEXT},
    {"memoryReservationPolicy", FIELD_TEXT, .since = 36},
    {"topologyManagerPolicy", FIELD_TEXT},
    {"topologyManagerScope", FIELD_TEXT},
    {"topologyManagerPolicyOptions", FIELD_TEXT_MAP},
    {"qosReserved", FIELD_TEXT_MAP},
    {"runtimeRequestTimeout", FIELD_DURATION},
    {"hairpinMode", FIELD_TEXT},
    {"maxPods", FIELD_INTEGER},
    {"podCIDR", FIELD_TEXT},
    {"podPidsLimit", FIELD_INTEGER},
    {"resolvConf", FIELD_TEXT},
    {"runOnce", FIELD_BOOLEAN},
    {"cpuCFSQuota", FIELD_BOOLEAN},
    {"cpuCFSQuotaPeriod", FIELD_DURATION},
    {"nodeStatusMaxImages", FIELD_INTEGER},
    {"maxOpenFiles", FIELD_INTEGER},
    {"contentType", FIELD_TEXT},
    {"kubeAPIQPS", FIELD_INTEGER},
    {"kubeAPIBurst", FIELD_INTEGER},
    {"serializeImagePulls", FIELD_BOOLEAN},
    {"maxParallelImagePulls", FIELD_INTEGER},
    {"evictionHard", FIELD_TEXT_MAP},
    {"evictionSoft", FIELD_TEXT_MAP},
    {"evictionSoftGracePeriod", FIELD_TEXT_MAP},
    {"evictionPressureTransitionPeriod", FIELD_DURATION},
    {"evictionMaxPodGracePeriod", FIELD_INTEGER},
    {"evictionMinimumReclaim", FIELD_TEXT_MAP},
    {"mergeDefaultEvictionSettings", FIELD_BOOLEAN, .since = 33},
    {"podsPerCore", FIELD_INTEGER},
    {"enableControllerAttachDetach", FIELD_BOOLEAN},
    {"protectKernelDefaults", FIELD_BOOLEAN},
    {"makeIPTablesUtilChains", FIELD_BOOLEAN},
    {"iptablesMasqueradeBit", FIELD_INTEGER},
    {"iptablesDropBit", FIELD_INTEGER},
    {"featureGates", FIELD_BOOLEAN_MAP},
    {"failSwapOn", FIELD_BOOLEAN},
    {"memorySwap", FIELD_OBJECT, FIELDS(memory_swap_configuration)},
    {"containerLogMaxSize", FIELD_TEXT},
    {"containerLogMaxFiles", FIELD_INTEGER},
    {"containerLogMaxWorkers", FIELD_INTEGER},
    {"containerLogMonitorInterval", FIELD_DURATION},
    {"configMapAndSecretChangeDetectionStrategy", FIELD_TEXT},
    {"systemReserved", FIELD_TEXT_MAP},
    {"kubeReserved", FIELD_TEXT_MAP},
    {"reservedSystemCPUs", FIELD_TEXT},
    {"showHiddenMetricsForVersion", FIELD_TEXT},
    {"systemReservedCgroup", FIELD_TEXT},
    {"kubeReservedCgroup", FIELD_TEXT},
    {"enforceNodeAllocatable", FIELD_TEXTS},
    {"allowedUnsafeSysctls", FIELD_TEXTS},
    {"defaultPodSysctls", FIELD_TEXT_MAP, .since = 37},
    {"volumePluginDir", FIELD_TEXT},
    {"providerID", FIELD_TEXT},
    {"kernelMemcgNotification", FIELD_BOOLEAN},
    {"logging", FIELD_OBJECT, FIELDS(logging_configuration)},
    {"enableSystemLogHandler", FIELD_BOOLEAN},
    {"enableSystemLogQuery", FIELD_BOOLEAN},
    {"shutdownGracePeriod", FIELD_DURATION},
    {"shutdownGracePeriodCriticalPods", FIELD_DURATION},
    {"shutdownGracePeriodByPodPriority", FIELD_OBJECTS, FIELDS(shutdown_grace_period_by_pod_priority)},
    {"crashLoopBackOff", FIELD_OBJECT, FIELDS(crash_loop_back_off_config), .since = 32},
    {"reservedMemory", FIELD_OBJECTS, FIELDS(memory_reservation)},
    {"enableProfilingHandler", FIELD_BOOLEAN},
    {"enableDebugFlagsHandler", FIELD_BOOLEAN},
    {"seccompDefault", FIELD_BOOLEAN},
    {"memoryThrottlingFactor", FIELD_NUMBER},
    {"registerWithTaints", FIELD_OBJECTS, FIELDS(taint_fields)},
    {"registerNode", FIELD_BOOLEAN},
    {"tracing", FIELD_OBJECT, FIELDS(tracing_configuration)},
    {"localStorageCapacityIsolation", FIELD_BOOLEAN},
    {"containerRuntimeEndpoint", FIELD_TEXT},
    {"imageServiceEndpoint", FIELD_TEXT},
    {"failCgroupV1", FIELD_BOOLEAN},
    {"userNamespaces", FIELD_OBJECT, FIELDS(user_namespaces), .since = 33},
};

static const ConfigField client_connection_configuration[] = {
    {"kubeconfig", FIELD_TEXT},
    {"acceptContentTypes", FIELD_TEXT},
    {"contentType", FIELD_TEXT},
    {"qps", FIELD_NUMBER},
    {"burst", FIELD_INTEGER},
};

static const ConfigField kube_proxy_ip_tables_configuration[] = {
    {"masqueradeBit", FIELD_INTEGER},
    {"masqueradeAll", FIELD_BOOLEAN},
    {"localhostNodePorts", FIELD_BOOLEAN},
    {"syncPeriod", FIELD_DURATION},
    {"minSyncPeriod", FIELD_DURATION},
};

static const ConfigField kube_proxy_ipvs_configuration[] = {
    {"syncPeriod", FIELD_DURATION},
    {"minSyncPeriod", FIELD_DURATION},
    {"scheduler", FIELD_TEXT},
    {"excludeCIDRs", FIELD_TEXTS},
    {"strictARP", FIELD_BOOLEAN},
    {"tcpTimeout", FIELD_DURATION},
    {"tcpFinTimeout", FIELD_DURATION},
    {"udpTimeout", FIELD_DURATION},
};

static const ConfigField kube_proxy_nf_tables_configuration[] = {
    {"masqueradeBit", FIELD_INTEGER},
    {"masqueradeAll", FIELD_BOOLEAN},
    {"syncPeriod", FIELD_DURATION},
    {"minSyncPeriod", FIELD_DURATION},
};

static const ConfigField kube_proxy_winkernel_configuration[] = {
    {"networkName", FIELD_TEXT},
    {"sourceVip", FIELD_TEXT},
    {"enableDSR", FIELD_BOOLEAN},
    {"rootHnsEndpointName", FIELD_TEXT},
    {"forwardHealthCheckVip", FIELD_BOOLEAN},
};

static const ConfigField detect_local_configuration[] = {
    {"bridgeInterface", FIELD_TEXT},
    {"interfaceNamePrefix", FIELD_TEXT},
};

static const ConfigField kube_proxy_conntrack_configuration[] = {
    {"maxPerCore", FIELD_INTEGER},
    {"min", FIELD_INTEGER},
    {"tcpEstablishedTimeout", FIELD_DURATION},
    {"tcpCloseWaitTimeout", FIELD_DURATION},
    {"tcpBeLiberal", FIELD_BOOLEAN},
    {"udpTimeout", FIELD_DURATION},
    {"udpStreamTimeout", FIELD_DURATION},
};

static const ConfigField kube_proxy_configuration[] = {
    {"featureGates", FIELD_BOOLEAN_MAP},
    {"clientConnection", FIELD_OBJECT, FIELDS(client_connection_configuration)},
    {"logging", FIELD_OBJECT, FIELDS(logging_configuration)},
    {"hostnameOverride", FIELD_TEXT},
    {"bindAddress", FIELD_TEXT},
    {"healthzBindAddress", FIELD_TEXT},
    {"metricsBindAddress", FIELD_TEXT},
    {"bindAddressHardFail", FIELD_BOOLEAN},
    {"enableProfiling", FIELD_BOOLEAN},
    {"showHiddenMetricsForVersion", FIELD_TEXT},
    {"mode", FIELD_TEXT},
    {"iptables", FIELD_OBJECT, FIELDS(kube_proxy_ip_tables_configuration)},
    {"ipvs", FIELD_OBJECT, FIELDS(kube_proxy_ipvs_configuration)},
    {"nftables", FIELD_OBJECT, FIELDS(kube_proxy_nf_tables_configuration)},
    {"winkernel", FIELD_OBJECT, FIELDS(kube_proxy_winkernel_configuration)},
    {"detectLocalMode", FIELD_TEXT},
    {"detectLocal", FIELD_OBJECT, FIELDS(detect_local_configuration)},
    {"clusterCIDR", FIELD_TEXT},
    {"nodePortAddresses", FIELD_TEXTS},
    {"oomScoreAdj", FIELD_INTEGER},
    {"conntrack", FIELD_OBJECT, FIELDS(kube_proxy_conntrack_configuration)},
    {"configSyncPeriod", FIELD_DURATION},
    {"portRange", FIELD_TEXT},
    {"windowsRunAsService", FIELD_BOOLEAN},
};
/* clang-format on */

typedef struct Checking {
    const KubeVersion *version; /* NULL: not known */
    Path path;                  /* of the current field */
    ComponentProblem *problem;  /* the first one */
    Arena *arena;
} Checking;

static bool component_config_check_fields(Checking *checking, Value v, const ConfigField *fields,
                                          size_t count);

static bool PRINTF_LIKE(2, 3) component_config_fail(Checking *checking, const char *format, ...) {
    va_list args;
    va_start(args, format);
    checking->problem->text = str_vformat(checking->arena, format, args);
    va_end(args);
    checking->problem->path = checking->path;
    return false;
}

static bool component_config_is_sequence(Value v) {
    return v.type->kind == KIND_TUPLE || v.type->kind == KIND_LIST || v.type->kind == KIND_SET;
}

static bool component_config_is_mapping(Value v) {
    return v.type->kind == KIND_OBJECT || v.type->kind == KIND_MAP;
}

static bool component_config_is_integer(Value v) {
    int64_t integer;
    return v.type->kind == KIND_NUMBER && value_to_int(v, &integer);
}

/* Accepts zero durations, which disable some features. */
static bool is_duration(Value v) {
    int64_t ms;
    return v.type->kind == KIND_STRING &&
           (clock_parse_duration(value_text(v), &ms) || str_equal(value_text(v), STR("0s")) ||
            str_equal(value_text(v), STR("0")));
}

/* Validates one field or item. If it conforms, leaves the path as it was. */
static bool check_field(Checking *checking, Value v, FieldKind kind, const ConfigField *fields,
                        size_t count);

static bool component_config_check_items(Checking *checking, Value v, FieldKind kind,
                                         const ConfigField *fields, size_t count) {
    Path before = checking->path;
    if (!component_config_is_sequence(v))
        return component_config_fail(checking, "This field requires a list.");
    for (size_t i = 0; i < v.count; i++) {
        checking->path = path_index(before, value_int((int64_t)i), checking->arena);
        if (!check_field(checking, value_at(v, i), kind, fields, count))
            return false;
    }
    checking->path = before;
    return true;
}

static bool check_map(Checking *checking, Value v, FieldKind kind) {
    Path before = checking->path;
    if (!component_config_is_mapping(v))
        return component_config_fail(checking, "This field requires a map.");
    for (size_t i = 0; i < v.count; i++) {
        checking->path = path_attribute(before, value_key_at(v, i), checking->arena);
        if (!check_field(checking, value_at(v, i), kind, NULL, 0))
            return false;
    }
    checking->path = before;
    return true;
}

static bool require(Checking *checking, bool conforms, const char *wanted) {
    return conforms || component_config_fail(checking, "This field requires %s.", wanted);
}

static bool check_field(Checking *checking, Value v, FieldKind kind, const ConfigField *fields,
                        size_t count) {
    if (!value_is_present(v))
        return true;
    switch (kind) {
    case FIELD_TEXT: return require(checking, v.type->kind == KIND_STRING, "a string");
    case FIELD_INTEGER: return require(checking, component_config_is_integer(v), "an integer");
    case FIELD_NUMBER: return require(checking, v.type->kind == KIND_NUMBER, "a number");
    case FIELD_BOOLEAN: return require(checking, v.type->kind == KIND_BOOL, "true or false");
    case FIELD_DURATION: return require(checking, is_duration(v), "a duration, such as \"5m0s\"");
    case FIELD_DURATION_OR_INTEGER:
        return require(checking, is_duration(v) || component_config_is_integer(v),
                       "a duration, such as \"5s\"");
    case FIELD_TEXTS: return component_config_check_items(checking, v, FIELD_TEXT, NULL, 0);
    case FIELD_INTEGERS: return component_config_check_items(checking, v, FIELD_INTEGER, NULL, 0);
    case FIELD_TEXT_MAP: return check_map(checking, v, FIELD_TEXT);
    case FIELD_BOOLEAN_MAP: return check_map(checking, v, FIELD_BOOLEAN);
    case FIELD_TEXT_LIST_MAP: return check_map(checking, v, FIELD_TEXTS);
    case FIELD_OBJECT: return component_config_check_fields(checking, v, fields, count);
    case FIELD_OBJECTS:
        return component_config_check_items(checking, v, FIELD_OBJECT, fields, count);
    }
    return true;
}

static const ConfigField *component_config_find(Checking *checking, Str name,
                                                const ConfigField *fields, size_t count) {
    Str *names = arena_new_array(checking->arena, Str, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = str_from_cstr(fields[i].name);
        if (str_equal(name, names[i]))
            return &fields[i];
    }
    Str hint = str_did_you_mean(name, names, count, checking->arena);
    checking->problem->may_be_newer =
        checking->version && kube_release_is_newer(*checking->version);
    (void)component_config_fail(checking, "There is no field %.*s.%.*s",
                                STR_ARG(str_quote(name, checking->arena)), STR_ARG(hint));
    return NULL;
}

static bool check_release(Checking *checking, const ConfigField *field) {
    if (!checking->version || field->since <= checking->version->minor)
        return true;
    return component_config_fail(checking,
                                 "Kubernetes 1.%u does not have this field; 1.%u and "
                                 "later do.",
                                 checking->version->minor, field->since);
}

static bool component_config_check_fields(Checking *checking, Value v, const ConfigField *fields,
                                          size_t count) {
    Path before = checking->path;
    if (!component_config_is_mapping(v))
        return component_config_fail(checking, "This field requires an object.");
    for (size_t i = 0; i < v.count; i++) {
        Str name = value_key_at(v, i);
        checking->path = path_attribute(before, name, checking->arena);
        const ConfigField *field = component_config_find(checking, name, fields, count);
        if (!field || !check_release(checking, field) ||
            !check_field(checking, value_at(v, i), field->kind, field->fields, field->count))
            return false;
    }
    checking->path = before;
    return true;
}

bool component_config_check(ComponentKind kind, const KubeVersion *version, Value object,
                            ComponentProblem *problem, Arena *arena) {
    Checking checking = {.version = version, .problem = problem, .arena = arena};
    *problem = (ComponentProblem){0};
    if (!value_is_present(object))
        return true;
    return kind == COMPONENT_KUBELET
               ? component_config_check_fields(&checking, object, FIELDS(kubelet_configuration))
               : component_config_check_fields(&checking, object, FIELDS(kube_proxy_configuration));
}
