# SPDX-License-Identifier: Apache-2.0
# slipway_embed_page(TARGET): adds web/dist, as it was built (tools/build.sh), to a target's sources.
# With SLIPWAY_WEB=OFF the table of the page's files is empty.
function(slipway_embed_page TARGET)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    set(PAGE ${CMAKE_BINARY_DIR}/page_assets.cpp)
    set(DIST ${PROJECT_SOURCE_DIR}/web/dist)
    if(SLIPWAY_WEB)
        file(GLOB_RECURSE FILES CONFIGURE_DEPENDS ${DIST}/*)
    else()
        set(DIST none)
    endif()
    add_custom_command(OUTPUT ${PAGE}
        COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/embed_page.py ${DIST} ${PAGE}
        DEPENDS ${PROJECT_SOURCE_DIR}/tools/embed_page.py ${FILES}
        COMMENT "Embedding the web page" VERBATIM)
    set_source_files_properties(${PAGE} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
    target_sources(${TARGET} PRIVATE ${PAGE})
endfunction()
