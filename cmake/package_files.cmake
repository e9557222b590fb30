# Run by cpack before it writes the package: adds the documents of Debian's policy, and compresses the changelog and the manual.
set(root ${CPACK_TEMPORARY_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX})
set(documents ${root}/share/doc/loam)
file(WRITE ${documents}/copyright "loam: declarative machines, networks, firewalls and clusters

Copyright 2026 The loam developers
License: Apache-2.0

On Debian systems, the text of the licence is in /usr/share/common-licenses/Apache-2.0.
")
# SOURCE_DATE_EPOCH, if set, is this time, so that two builds write the same bytes.
string(TIMESTAMP time "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${documents}/changelog.Debian "loam (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * changelog.gz has the changes.

 -- ${CPACK_PACKAGE_CONTACT}  ${time}
")
configure_file(${CMAKE_CURRENT_LIST_DIR}/../CHANGELOG.md ${documents}/changelog COPYONLY
               FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
file(WRITE ${root}/share/lintian/overrides/loam "# The project has no mail address, and the package is not uploaded to Debian.
loam: bogus-mail-host *
loam: bogus-mail-host-in-debian-changelog *
")
file(GLOB manuals ${root}/share/man/man1/*.1)
foreach(file ${documents}/changelog ${documents}/changelog.Debian ${manuals})
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
