# SPDX-License-Identifier: Apache-2.0
# libslipway, the public C++ API (include/slipway) as one shared library, and what `cmake --install`
# brings: it, its headers and CMake package, the program, its manual page and completions.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# The rooms' own objects, compiled once. All of `api` and `base`, which implement the public headers;
# of the rooms below what these need.
add_library(slipway_library SHARED $<TARGET_OBJECTS:slipway_api> $<TARGET_OBJECTS:slipway_base>)
add_library(slipway::slipway ALIAS slipway_library)
set(EXPORTED_NAMES ${PROJECT_SOURCE_DIR}/cmake/slipway.map)
set_target_properties(slipway_library PROPERTIES
    OUTPUT_NAME slipway
    EXPORT_NAME slipway
    LINKER_LANGUAGE CXX
    LINK_DEPENDS ${EXPORTED_NAMES}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
    VERSION ${PROJECT_VERSION}
    # Before 1.0 a minor version may change what programs were compiled against.
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_compile_features(slipway_library INTERFACE cxx_std_20)
target_include_directories(slipway_library INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_options(slipway_library PRIVATE
    -Wl,--no-undefined -Wl,--version-script=${EXPORTED_NAMES})
target_link_libraries(slipway_library PUBLIC tl::expected PRIVATE slipway_api)

install(TARGETS slipway_library EXPORT slipway
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/slipway
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)

set(PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/slipway)
configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/slipwayConfig.cmake.in ${PROJECT_BINARY_DIR}/slipwayConfig.cmake
    INSTALL_DESTINATION ${PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/slipwayConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/slipwayConfig.cmake
    ${PROJECT_BINARY_DIR}/slipwayConfigVersion.cmake DESTINATION ${PACKAGE_DIR})
install(EXPORT slipway NAMESPACE slipway:: FILE slipwayTargets.cmake DESTINATION ${PACKAGE_DIR})

install(TARGETS slipway RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# What the program prints of itself, under the name and in the place where its readers look for it.
function(slipway_install_words NAME DIRECTORY)
    set(FILE ${PROJECT_BINARY_DIR}/words/${NAME})
    install(CODE "
        file(MAKE_DIRECTORY \"${PROJECT_BINARY_DIR}/words\")
        execute_process(COMMAND \"$<TARGET_FILE:slipway>\" ${ARGN}
            OUTPUT_FILE \"${FILE}\" COMMAND_ERROR_IS_FATAL ANY)")
    install(FILES ${FILE} DESTINATION ${DIRECTORY})
endfunction()
slipway_install_words(slipway.1 ${CMAKE_INSTALL_MANDIR}/man1 man)
slipway_install_words(slipway ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
slipway_install_words(_slipway ${CMAKE_INSTALL_DATADIR}/zsh/site-functions completion zsh)
slipway_install_words(slipway.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)
