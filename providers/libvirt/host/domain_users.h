/* domain_users: running guests that use a file or a network of the host. */
#pragma once

#include "libvirt_handle.h"
#include "vec.h"

typedef struct DomainUser {
    Str name;
    Str uuid;
    Str device; /* target device of the disk; MAC address of the interface */
} DomainUser;

typedef VEC(DomainUser) DomainUsers;

/* Return the users; guests that cannot be read are ignored. */
DomainUsers domain_users_of_file(virConnectPtr connection, Str path, Arena *arena);
DomainUsers domain_users_of_network(virConnectPtr connection, Str network, Arena *arena);
/* Returns text such as "a, b, c and 4 more". */
Str domain_users_names(const DomainUsers *users, Arena *arena);
