# Run by cpack before it writes the package: adds the documents of Debian's policy, and compresses the changelog and the manual.
set(root ${CPACK_TEMPORARY_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX})
set(documents ${root}/share/doc/loam)
file(WRITE ${documents}/copyright "loam: declarative machines, networks, firewalls and clusters

Copyright 2026 The loam developers
License: Apache-2.0

On Debian systems, the text of the licence is in /usr/share/common-licenses/Apache-2.0.
")
file(WRITE ${documents}/changelog.Debian "loam (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * The log of the repository has the changes.

 -- ${CPACK_PACKAGE_CONTACT}  Thu, 01 Jan 2026 00:00:00 +0000
")
file(GLOB manuals ${root}/share/man/man1/*.1)
foreach(file ${documents}/changelog.Debian ${manuals})
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
