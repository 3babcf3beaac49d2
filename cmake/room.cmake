# SPDX-License-Identifier: Apache-2.0
# slipway_room(NAME USES room... LIBS library...): one static library a room, from every .cpp in its
# folder. A room may use only rooms declared before it; tools/check_rooms.py refuses other includes.
function(slipway_room NAME)
    cmake_parse_arguments(ROOM "" "" "USES;LIBS" ${ARGN})
    file(GLOB SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.cpp)
    if(SOURCES)
        set(SCOPE PUBLIC)
        add_library(slipway_${NAME} STATIC ${SOURCES})
    else()
        set(SCOPE INTERFACE)
        add_library(slipway_${NAME} INTERFACE)
    endif()
    target_include_directories(slipway_${NAME} ${SCOPE}
        ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
    list(TRANSFORM ROOM_USES PREPEND slipway_)
    target_link_libraries(slipway_${NAME} ${SCOPE} slipway_options ${ROOM_USES} ${ROOM_LIBS})
endfunction()
