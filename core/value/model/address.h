/* address: the names of things: module.a["k"].libvirt_domain.node[2].
 *
 *   ModuleAddr          a module instance, as a chain to the root; the root is NULL
 *   ResourceAddr        a resource block within a module instance; with key: one instance of it
 *   ProviderConfigAddr  a provider configuration
 *
 * "Configuration address" means the same without any instance keys. All views; clone to keep. */
#pragma once

#include "diag.h"
#include "value.h"

typedef enum KeyKind { KEY_NONE, KEY_INT, KEY_STRING } KeyKind;

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

typedef enum ResourceMode { MODE_MANAGED, MODE_DATA, MODE_EPHEMERAL } ResourceMode;

typedef struct ResourceAddr {
    const ModuleAddr *module; /* NULL: the root */
    ResourceMode mode;
    Str type;
    Str name;
    InstanceKey key;
} ResourceAddr;

/* module.a.provider["registry.terraform.io/hashicorp/random"].alias["key"] */
typedef struct ProviderConfigAddr {
    Str provider; /* registry.terraform.io/hashicorp/random */
    Str alias;    /* empty: the default configuration */
    Str module;   /* configuration address of the module with the block; empty: root */
    Str key;      /* of a configuration with for_each; empty: none */
} ProviderConfigAddr;

#define KEY_ABSENT ((InstanceKey){0})

InstanceKey address_key_from_value(Value key);
Value address_key_to_value(InstanceKey key);
bool address_key_equal(InstanceKey a, InstanceKey b);
/* No key first, then integers by value, then strings by bytes. */
int address_key_compare(InstanceKey a, InstanceKey b);
/* [0] or ["k"]; empty without key. */
Str address_key_to_str(InstanceKey key, Arena *arena);

const ModuleAddr *module_addr_child(const ModuleAddr *parent,
                                    Str name,
                                    InstanceKey key,
                                    Arena *arena);
size_t module_addr_depth(const ModuleAddr *module); /* of the root: 0 */
bool module_addr_equal(const ModuleAddr *a, const ModuleAddr *b);
int module_addr_compare(const ModuleAddr *a, const ModuleAddr *b);
/* module.a["k"].module.b; empty for the root. */
Str module_addr_to_str(const ModuleAddr *module, Arena *arena);
/* The configuration address: no keys. */
Str module_addr_to_config_str(const ModuleAddr *module, Arena *arena);
const ModuleAddr *module_addr_clone(const ModuleAddr *module, Arena *arena);
/* `ancestor` is `module` or one of its parents. Its last step may lack a key: then any matches. */
bool module_addr_is_within(const ModuleAddr *module, const ModuleAddr *ancestor);

bool resource_addr_equal(ResourceAddr a, ResourceAddr b);
int resource_addr_compare(ResourceAddr a, ResourceAddr b);
Str resource_addr_to_str(ResourceAddr address, Arena *arena);
/* Without any instance keys: as `dependencies` in state name it. */
Str resource_addr_to_config_str(ResourceAddr address, Arena *arena);
ResourceAddr resource_addr_clone(ResourceAddr address, Arena *arena);

/* Also accepts the older form provider.NAME, and drops integer keys. False: not such an address. */
MUST_USE bool provider_config_addr_parse(Str text, ProviderConfigAddr *out, Arena *arena);
Str provider_config_addr_to_str(ProviderConfigAddr address, Arena *arena);
bool provider_config_addr_equal(ProviderConfigAddr a, ProviderConfigAddr b);
ProviderConfigAddr provider_config_addr_clone(ProviderConfigAddr address, Arena *arena);

/* What -target, state commands and moved blocks name. */
typedef struct AddressTarget {
    const ModuleAddr *module;
    bool is_resource; /* else the module itself */
    ResourceAddr resource;
} AddressTarget;

/* "module.a.data.http.x[\"k\"]"; the error says which part is wrong. */
MUST_USE bool address_parse_target(Str text, AddressTarget *out, Arena *arena, Diags *diags);
/* A resource instance address. */
MUST_USE bool address_parse_resource(Str text, ResourceAddr *out, Arena *arena, Diags *diags);
/* Does the target select this instance? A keyless target selects all its instances; of the
 * modules around it, each needs its key. */
bool address_target_matches(const AddressTarget *target, ResourceAddr address);
