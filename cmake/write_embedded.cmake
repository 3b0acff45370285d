# Writes the header OUT with the bytes of IN as the terminated array NAME_text.
file(READ "${IN}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE "${OUT}" "static const char ${NAME}_text[] = {${bytes}0};\n")
