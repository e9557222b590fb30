/* domain_schema: what the attributes of a machine imply: its kind, and its limits of memory and
 * CPUs. */
#include "domain_schema.h"

bool domain_schema_is_lxc(Value domain) {
    return str_equal(object_text(domain, "type", STR_EMPTY), STR("lxc"));
}

bool domain_schema_is_machine(Value domain) {
    Str type = object_text(domain, "type", STR_EMPTY);
    return str_equal(type, STR("kvm")) || str_equal(type, STR("qemu"));
}

int64_t domain_schema_memory_max(Value domain) {
    int64_t memory = object_int(domain, "memory", 512);
    int64_t most = object_int(domain, "memory_max", memory);
    return most > memory ? most : memory;
}

int64_t domain_schema_vcpu_max(Value domain) {
    int64_t vcpu = object_int(domain, "vcpu", 1);
    int64_t most = object_int(domain, "vcpu_max", vcpu);
    return most > vcpu ? most : vcpu;
}

bool domain_schema_is_board(Str alias, Str machine) {
    if (str_equal(alias, STR("q35")))
        return str_starts_with(machine, STR("pc-q35-"));
    if (str_equal(alias, STR("pc")))
        return str_starts_with(machine, STR("pc-i440fx-"));
    return str_equal(alias, machine) ||
           (str_equal(alias, STR("virt")) && str_starts_with(machine, STR("virt-")));
}

Str domain_schema_check_path(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("/")))
        return STR_EMPTY;
    return str_format(arena, "The value must be an absolute path on the host.");
}
