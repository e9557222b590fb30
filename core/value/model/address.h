/* address: addresses such as module.a["k"].libvirt_domain.node[2].
 *
 *   ModuleAddr          a module instance, as a chain to the root; the root is NULL
 *   ResourceAddr        a resource block within a module instance; with key: one instance of it
 *   ProviderConfigAddr  a provider configuration
 *
 * A "configuration address" is an address without instance keys. All texts are views; clone an
 * address to keep it. */
#pragma once

#include "diag.h"
#include "value.h"

typedef enum KeyKind {
    KEY_NONE,
    KEY_INT,
    KEY_STRING,
    KEY_UNKNOWN, /* [*]: a placeholder for all instances of a block whose keys are not known yet */
} KeyKind;

typedef struct InstanceKey {
    KeyKind kind;
    int64_t index;
    Str text;
} InstanceKey;

typedef struct ModuleAddr ModuleAddr;
struct ModuleAddr {
    const ModuleAddr *parent; /* NULL: called from the root module */
    Str name;
    InstanceKey key;
};

/* An action or a list has addresses and instances like a resource, but no object. */
typedef enum ResourceMode {
    MODE_MANAGED,
    MODE_DATA,
    MODE_EPHEMERAL,
    MODE_ACTION,
    MODE_LIST,
} ResourceMode;

/* Returns the beginning of an address: "data."; empty for a managed resource. */
Str resource_mode_prefix(ResourceMode mode);

typedef struct ResourceAddr {
    const ModuleAddr *module; /* NULL: the root module */
    ResourceMode mode;
    Str type;
    Str name;
    InstanceKey key;
} ResourceAddr;

/* Returns whether the host is one of the two public registries, which serve the same providers. */
bool address_is_public_host(Str host);
/* Returns the address of a provider without the host of a public registry: NAMESPACE/TYPE; another
 * address unchanged. */
Str address_without_public_host(Str provider);

/* module.a.provider["registry.terraform.io/hashicorp/random"].alias["key"] */
typedef struct ProviderConfigAddr {
    Str provider; /* registry.terraform.io/hashicorp/random */
    Str alias;    /* empty: the default configuration */
    Str module;   /* configuration address of the module that contains the block; empty: root */
    Str key;      /* key of an instance of a configuration with for_each; empty: none */
} ProviderConfigAddr;

#define KEY_ABSENT ((InstanceKey){0})

/* Returns KEY_ABSENT unless the value is a string or a 64-bit integer, neither null nor unknown. */
InstanceKey address_key_from_value(Value key);
/* Of KEY_NONE and KEY_UNKNOWN: a null of dynamic type. */
Value address_key_to_value(InstanceKey key);
bool address_key_equal(InstanceKey a, InstanceKey b);
/* Orders no key first, then integers by value, then strings by bytes, then the unknown key. */
int address_key_compare(InstanceKey a, InstanceKey b);
/* Returns [0], ["k"] or [*]; empty without key. */
Str address_key_to_str(InstanceKey key, Arena *arena);

const ModuleAddr *module_addr_child(const ModuleAddr *parent, Str name, InstanceKey key,
                                    Arena *arena);
size_t module_addr_depth(const ModuleAddr *module); /* the root has depth 0 */
bool module_addr_equal(const ModuleAddr *a, const ModuleAddr *b);
/* Orders by depth, then by the outermost step that differs: its name, then its key. */
int module_addr_compare(const ModuleAddr *a, const ModuleAddr *b);
/* Returns module.a["k"].module.b; empty for the root. */
Str module_addr_to_str(const ModuleAddr *module, Arena *arena);
/* Returns the configuration address, which has no keys. */
Str module_addr_to_config_str(const ModuleAddr *module, Arena *arena);
const ModuleAddr *module_addr_clone(const ModuleAddr *module, Arena *arena);
/* Returns true if `ancestor` is `module` or one of its parents. If the last step of `ancestor` has
 * no key, it matches any key. */
bool module_addr_is_within(const ModuleAddr *module, const ModuleAddr *ancestor);

bool resource_addr_equal(ResourceAddr a, ResourceAddr b);
/* Orders by module, mode (data, ephemeral, managed), type, name and key. */
int resource_addr_compare(ResourceAddr a, ResourceAddr b);
Str resource_addr_to_str(ResourceAddr address, Arena *arena);
/* Returns the address without instance keys, as in `dependencies` in state. */
Str resource_addr_to_config_str(ResourceAddr address, Arena *arena);
ResourceAddr resource_addr_clone(ResourceAddr address, Arena *arena);

/* Parses a provider configuration address. Also accepts the older form provider.NAME and the older
 * namespace "-". Drops integer keys, and any key without alias. Returns false for other text. */
MUST_USE bool provider_config_addr_parse(Str text, ProviderConfigAddr *out, Arena *arena);
Str provider_config_addr_to_str(ProviderConfigAddr address, Arena *arena);
bool provider_config_addr_equal(ProviderConfigAddr a, ProviderConfigAddr b);
/* Returns the address with the provider of `stored` if both differ only in the public registry: a
 * stored object keeps its host, so that the program that made it still finds its provider. */
ProviderConfigAddr provider_config_addr_keep_host(ProviderConfigAddr address,
                                                  ProviderConfigAddr stored);
ProviderConfigAddr provider_config_addr_clone(ProviderConfigAddr address, Arena *arena);

/* The target of -target, a state command or a moved block. */
typedef struct AddressTarget {
    const ModuleAddr *module;
    bool is_resource; /* false: the module itself */
    ResourceAddr resource;
} AddressTarget;

/* Parses "module.a.data.http.x[\"k\"]". The error says which part is wrong. */
MUST_USE bool address_parse_target(Str text, AddressTarget *out, Arena *arena, Diags *diags);
/* Parses the address of a resource, with or without instance key. */
MUST_USE bool address_parse_resource(Str text, ResourceAddr *out, Arena *arena, Diags *diags);
/* The same, for addresses of a plan: also accepts unknown keys. */
MUST_USE bool address_parse_planned(Str text, ResourceAddr *out, Arena *arena, Diags *diags);
/* Parses the address of an action, with or without instance key. */
MUST_USE bool address_parse_action(Str text, ResourceAddr *out, Arena *arena, Diags *diags);
/* Returns true if the target selects this instance. A target without key selects all instances of
 * its resource or module. All other module steps must match, keys included. */
bool address_target_matches(const AddressTarget *target, ResourceAddr address);
