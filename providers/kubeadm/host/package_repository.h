/* package_repository: a repository of packages, and its files on a node. */
#pragma once

#include "kube_version.h"
#include "node_files.h"
#include "package_driver.h"

typedef struct PackageRepository {
    const char *name; /* of its files: "kubernetes", "runtime" */
    Str url;          /* empty: none */
    Str suite;        /* for apt: suite and components */
    Str key;          /* that signs the repository, in ASCII; empty: one that the machine trusts
                       * already */
    StrVec packages;
    Str version; /* empty: any, which is not held */
    Str proxy;   /* URL; empty: none */
} PackageRepository;

/* Returns the URL with {minor} and {format} replaced: "1.34" and "deb". */
Str package_repository_url(Str url, KubeVersion version, const PackageDriver *driver, Arena *arena);
/* Returns the proxy for the URL, or an empty text if its host is in `no_proxy`, which is a list of
 * hosts and domains, separated by commas. */
Str package_repository_proxy(Str url, Str http_proxy, Str https_proxy, Str no_proxy);
/* Appends the files: key, repository, proxy. Returns an empty text, or a sentence if a text would
 * add words, lines or options to a file or to a command. Without a URL there are none. `is_former`:
 * the files of earlier versions of loam, which knew apt only. */
Str package_repository_files(const PackageRepository *repository, const PackageDriver *driver,
                             bool is_former, NodeFiles *out, Arena *arena);
