/* Public keys and signatures of the text "data to sign\n", made by GnuPG 2.2; the key
 * dsa224, whose q has 224 bits, by OpenSSL. */
#pragma once

static const char key_rsa2048[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mQENBGsCjyUBCADbQhuc71Y+qUt0VWB5zNcAJ/VG24DWSUx1vs1yw70KTstlNBg6\n"
    "YVS8MnT/A+YxWS0V/TwD5ngJMX2tzHByiG7evay7UyBV0bGHf2EY6rRxk6eRdKRK\n"
    "Mo+Nj65iIeA8DktdrGpGsjqw2WxIai+HMENZkCvCEGpBQTtaG0IFZ4XIExapj4IE\n"
    "ruvgntRTXALG824iSsrUhyXDzZtYHgOoRF74IFVkEVOIXZ5mbog+uqYN2MwI+Cgi\n"
    "Uo37prUmU9OffqD4XKs20q3MD6CNFJWeAbDy4wUu1IIAhOcOM+B0dtHCBJbEl0s9\n"
    "P74FkCtAQS2//z/nNknSAkA6lgJJbFzBvedJABEBAAG0E3JzYTIwNDggPHJzYTIw\n"
    "NDhAeD6JAVQEEwEKAD4WIQTXWuP9J++AKN6f/7ctuy0Dq7HbfwUCawKPJQIbAwUJ\n"
    "A8JnAAULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRAtuy0Dq7Hbf9ArCADIoS7S\n"
    "lGvflyYpuOKzV97ijzRGhcchzubcRwa5kuRBG3ydaHHDobu7qyaZI/PQt0YvEs3M\n"
    "HIgMdS873yUd0iBOlbmJpxGVmUV8+Pr4aIndCb4T/V6yY6nuSwdV/6jrfSNws3lX\n"
    "zo6BaiEzA/bepRfvZmest1/ZYg83E41sBY1lxb1ojE6PzFN1gIMATGpMM8+mZIUs\n"
    "YLQsPE+lFEKBBEfcJfE25F14WRSLYKPXMovHP+Oev6wqDhA8ZO1ZVRnFdORDY5lu\n"
    "+G/32TRutjwn6h1OKaT1H4ykOlDhbqanec8z6d4XPb9su539SLWAzrXmnpmvBfyP\n"
    "ba3CdhOC/ArVylHs\n"
    "=rTY1\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char key_ed25519[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mDMEawKPJhYJKwYBBAHaRw8BAQdAahCc10W3KN00bKDroDlTDHwm5zrUllBZ0egf\n"
    "fNXxlha0E2VkMjU1MTkgPGVkMjU1MTlAeD6IlgQTFggAPhYhBFsPOANV+B2JTjfk\n"
    "yRfCcQSNyfcvBQJrAo8mAhsDBQkDwmcABQsJCAcCBhUKCQgLAgQWAgMBAh4BAheA\n"
    "AAoJEBfCcQSNyfcvhpABAMNU/3kAxOUYyEEWBG+CzMV1UI5Tmf5PyRgLEPCcgD/n\n"
    "AQChcVjTA1LJiomsitAt32PpDjZbXBnoBcRlgWoqsQryBQ==\n"
    "=u/gq\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char key_sub[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
                              "\n"
                              "mDMEawKPkxYJKwYBBAHaRw8BAQdARzF0XcrJz2lTc20o3HQo3Uw4psig+912HrDA\n"
                              "Q0sLWh20C3N1YiA8c3ViQHg+iJYEExYIAD4WIQQLjDwgb83Nj0L6OPtVd7mWbV2L\n"
                              "bQUCawKPkwIbAQUJA8JnAAULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRBVd7mW\n"
                              "bV2LbeyJAP4xad7NjtmbvSaFQiCihV3wzgKqW9H8ouMof2OSGHDMVgD/aZcRtl2i\n"
                              "kOGDwdOt3IZgAwnEf0U8Gih6o594lYtzvwq5AQ0EawKPkwEIALzMNxpgagqwfUjf\n"
                              "9OOG278DM/imeHMZbqb1INOOz2ardk2s7USJkNh1RXJm4I80AiNTer3wbVphQxZc\n"
                              "TcnAKUzQF9kYkgdxx1l/MPDBKyGxr/uu5H4DAbeJYAkBlhti+1iiREDNNtAryCR3\n"
                              "x2BFfK5AKTb+pyjIJEzseCqhV7DmQGbom+ftvazwa6jeEQW8R5iulk0xFQUyqvnT\n"
                              "SomC+/rex2qb4CMRFQ8MeL7bRGh/jsmqhlVBipjXXb48Y4/Ccp9G6LAwB7T4nWlZ\n"
                              "PKZr8AzhIYAwOWKXlEwNdpdNwhyYBNN9hScbpuDTYQVkQ8KGV/9AGHCCYTWOrEt8\n"
                              "lasPAEUAEQEAAYkBrgQYFggAIBYhBAuMPCBvzc2PQvo4+1V3uZZtXYttBQJrAo+T\n"
                              "AhsCAUAJEFV3uZZtXYttwHQgBBkBCgAdFiEEuSBRXQgqvaVFXpUwLsZHQLTNDAQF\n"
                              "AmsCj5MACgkQLsZHQLTNDAQoHAf9EAOToLpXv+Nu9tp+P+gh/ZJC8QEi4VwkM6ra\n"
                              "87WNNl8tWGqPtSa1C1QiqW6amd/y4ZSXMfVxvSpeepgVL+eo3EDlHhAENDwFDWIV\n"
                              "fpdOQ3/fOa9IEhhF3UTo8bOnvGG/OPq+xWUEa5RqtLx6ez81slY22TOReo5SF/Lb\n"
                              "2Lncoh8t+xAhhG98TfyxqziefaeHlfi27G9Nmd5fyWZ+BpumZYPIpckysXo6XadQ\n"
                              "E/fNNGx6hR18uIAjpioD3kbVnILiVKKozjTPK9cxXON+nsebVqxuDB3cUf+sEBlj\n"
                              "7X3CphrwCOmE88JxxpZh158SnIn8SdnZ3t2cBiWjV8rGmvKViwYyAP9AA9W6kVp3\n"
                              "2DleQsBjqNsC+7mmsZYY8bIJQ/vKLPpOeQD/RIjcOAQzLbx+xfLgW94DWBf3yR2z\n"
                              "gIxFjRuwybYTtw4=\n"
                              "=a99N\n"
                              "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char signature_rsa2048[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iQE+BAABCAAoFiEE11rj/SfvgCjen/+3LbstA6ux238FAmsCjyYKHHJzYTIwNDhA\n"
    "eAAKCRAtuy0Dq7HbfxcEB/9UdxeT6pAq58E03zRs5rals8Ymjt+kwGikYCc3tF/s\n"
    "hSsh3mLtF86ulSPjWuEIHIuxNLFStzrV8Tjsp4Ok9QYqJd1ATutMQBwDxd9TKCBW\n"
    "oBq1CVJTccCfcU83FunxF2bxfAm2k7n99ObJaopL1Ph96cOuVAmmDnvfzlF9xOcb\n"
    "ZKSbW3yC/k9UcGoJystYgKWMgntn3KnBtsAIQJIDXo0YcvasPDKrlXm0Q7YFNyq9\n"
    "e2v6OOyB1u1vnUMQr8nP7bkORdky8jw4nGJFgRH7VW9fzuV2NKZMRiLypQauv4rz\n"
    "6gHpkOZvLc/1b9cOEt1zCJy28ti7MHs9kZCVtfnkVL1N\n"
    "-----END PGP SIGNATURE-----\n";

static const char signature_ed25519[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iIAEABYIACgWIQRbDzgDVfgdiU435MkXwnEEjcn3LwUCawKPJgocZWQyNTUxOUB4\n"
    "AAoJEBfCcQSNyfcvnDIBAP7WMKCMtYMPK5ElYmx6hm2AnCdO/l5Cy0peL+eZ93gf\n"
    "AQDMONJTPQrLAtGYhbuuKKVfnw372nap+PWOD4wXs323BQ==\n"
    "-----END PGP SIGNATURE-----\n";

static const char signature_sub[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iQE6BAABCgAkFiEEuSBRXQgqvaVFXpUwLsZHQLTNDAQFAmsCj5MGHHN1YkB4AAoJ\n"
    "EC7GR0C0zQwELAgH/1oQezYYKad+E8YM1FVwDNqXyyAQyixtEN5pxirgZdrYcomW\n"
    "/W3lXyu7vN8ppnH5Cs571l90viUHSZpidPEPJRvLA3WZ9cujJL8wFDyrFCsOUtLu\n"
    "L+zMRIpWeoXMcbzn7wmC8tQQider4HZjPWRjLBfeNz5BdDZEoQvEtgjolCeF38cE\n"
    "jCB/IVDTSKPtnY9y5tXEfP/Toefc4T9QI7CjvCHRA6yLCHM5DDuORXn4vUsaWjhb\n"
    "/F4PMi9gXuwmZMWyKPiUgL3BAfjuSusA6X4Ec4ytyImZPFK1s7VJoj3gmmaHAQMs\n"
    "6BciLKKqvIxfxvajdaN7+ThcAyudqHuiar5NQlA=\n"
    "-----END PGP SIGNATURE-----\n";

static const char signature_sha1[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iQE+BAABAgAoFiEE11rj/SfvgCjen/+3LbstA6ux238FAmsCj5MKHHJzYTIwNDhA\n"
    "eAAKCRAtuy0Dq7Hbf1l5B/9R4WvjxhOF6hSaQt5fviTfYVRjIvKlekisv7fmeQds\n"
    "eUA91AkboEpoqXsPO6+3hzOsuUg0pX0nVdycO5eYnbNTl5hiVVjYWUNbE3rJrSKs\n"
    "CbtI4AlO3xsvS/J/gv364heRNGcPZWRWQ67mEC4E7QAWROlzIQByWhm60G2JiK7D\n"
    "Z+K5/GdA/XrOnlIJX5XCa1ioB6ybDd7iXgdS2JetMZoo5m14RXnlCUrt2nh3XBrq\n"
    "gO/agkfP72YGQWTAupy6lPSPm+6n0jOwTNfz5VcXJaSihY7KGoSWN34d+q2RHJSy\n"
    "qmQL22wzJXcRkvDxiIPz+65Ngbh2KG1gdZEjQiOkX72R\n"
    "-----END PGP SIGNATURE-----\n";

static const char signature_text[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iQE+BAEBCAAoFiEE11rj/SfvgCjen/+3LbstA6ux238FAmsCj5MKHHJzYTIwNDhA\n"
    "eAAKCRAtuy0Dq7Hbf3v6CACRtw/hm/Ha0r4wSAsa3hbbCgi0opKBS+ToUgRFInJh\n"
    "gLU/lvhf/z8ydzjDPKQsdQapvXZ5USNHNWmGu/n0pq5eWgkjcWyWRtvrXEIONjqo\n"
    "j0npSdsnwZukUrh4mwmMpLUSxYvwMvWRTuu8P0fggtglLPjWpO6DRVJx2DnP68mp\n"
    "RRl6w3oDAOzKZXpJfjmlQKrfNx5lEA1Zm0EzuKRv5yXLJaikii2zCsHPRpoO8/7O\n"
    "8PR8ZZPQM74Wf2elWv1hWahZL0rDrrneAU6Aq/IiqnG4QPTHp10NlAdxywiIIywy\n"
    "vSTuu3/LMfPc174p808h8KmK/u1opbtDuw8yW4nRFZ1o\n"
    "-----END PGP SIGNATURE-----\n";

static const char signature_sha384[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iQE+BAABCQAoFiEE11rj/SfvgCjen/+3LbstA6ux238FAmsCj5QKHHJzYTIwNDhA\n"
    "eAAKCRAtuy0Dq7Hbf52WB/0ZBlkPQ/VBAzC00IqIdPpWSaej6F59pomxTli46Whl\n"
    "+4z9XipHABQI19+iCk2/jaNexvsdAo/zXrnqUYRNHz+GCPK2U2IkXY9u4dAzYX3U\n"
    "SODfotIgZYS+5iH40PFL6hcsyV1A/eNjEMbuIkEd8rzlXLSHP2MLR6DM+X9yL2Sa\n"
    "rpSBX8PXuALbxYmkW6+DHWTb1za0TvGrnMhUsMnV6RVfpjTFhkuuBHKQv7wYv6KQ\n"
    "gF7sFnGMuw6Dn7INnr2mX1UbS2n6mu+xjSOH40EWzno1Gb8KnWstan607gKiJiE3\n"
    "8N+m6fYEsc4IbudQC+TJPBOzR+UqbsAlvXFJ9VWBtgZv\n"
    "=4R20\n"
    "-----END PGP SIGNATURE-----\n";

static const char key_dsa2048[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mQMuBGsIm60RCADFRvgq5sDoPBgcXid9FSO1Zu7mk97nPFPVG7aCgDePAxGcLeOy\n"
    "/yCnv7WfImzf+X+yxIau7C70814n/1SKA4XWgYiIqmtjo+c7LxBWqGiyHY5qfXEW\n"
    "wrBvuzqcRbbai9Z2zRwC5ghuZWyyna0i3IC8Igh96uoDtReohAX+I3feshP/Ik7N\n"
    "WB/rvkdhmwGvnfL4tVFFtV1UeqGZ6wLXtliRL/4Mqx79/N8RuSgC8ROLcBlS7FUE\n"
    "vBeticiL2fkMyx6Ak1ZPmomu5v4sw8IY1HmyiZPIy41tV4BOwRYNWxGARuWrLBH4\n"
    "DVxtpGhJkblKp7dToyYWwnZhu16zPLjCXtw3AQDQLfcDTRxVtbyYHCIw1Zez1cNV\n"
    "Hx3FeJHFth7INHVGMQf/aD/fTUhpbRnH57S4S6v28Oi51FaFJcAcAlti/1p+G3Cf\n"
    "gUkYTdQ2d2eF77CmjeIXlNNle6XnFb7srI9NX4FgnqaTb4oYEaGubVlb6VNPjkfa\n"
    "uZsrlU4X3hTNcFQmvJ2VLJ4huiUrfg3Bvrk0oQRZxHBvPeGthezcn21w1GGOLX2V\n"
    "4m3vj8up7iPT0lZXRg5JLeT1hisNmf6CRX/NYUHKpuvaiOFBtlqd90K9elzYupUj\n"
    "vhl/FBX+wEKocymY031PRpB21YQlw4PZjJVROTwwUeYt6L4t6o3D8k+/Ug9JWrll\n"
    "wDbHb9zGUeEwO/tN62nU9T1N7utC/bAx82vjna0SbQf+OUhpC7h2XzYAk1BQkZ08\n"
    "AyAYPu2XyUSBQM9qUES6xzfGNrFoNFfvZ6q2LKmLG6qsNqueEfaMB/vp1eMaqmfp\n"
    "S5eT04/2jI0Wk5VRa1Eb3lxD9ID6xynrhMFuEPffu+lezKQ0/HVV483KucipYkCu\n"
    "lxEvxzVZJiLcyZPEcgDasNpG4iogdT/r23aoke8TLxCh2S71heGbOPyTTLUYhzN8\n"
    "nkba1I8cWw/Rgp5OAIWtcnR88Bg0vGs54C9+3uQjxV6nafRvbY+5FeuDmkYnFdDB\n"
    "R0P2rxgcv8zaOC31vTU4vIF62FQiTzYB/W9nXO5cVyJjse2Y423uuKF2jEmAbjmV\n"
    "VrQbZHNhMjA0OCA8ZHNhMjA0OEBsb2NhbGhvc3Q+iJAEExEIADgWIQT2n48vzNCE\n"
    "ukTXXyfTm4GCauOrwwUCawibrQIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK\n"
    "CRDTm4GCauOrw0R9AQDGUe6mAGSOtCoIgnbcvE858sn3RMxUaJS1aWAUCUzWzwEA\n"
    "m4DxdABZioUnMd9+sbFHRkzjfp/Rjjo59cdUTYTaAHk=\n"
    "=r6/c\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char signature_dsa2048[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iIgEABEIADAWIQT2n48vzNCEukTXXyfTm4GCauOrwwUCawibsBIcZHNhMjA0OEBs\n"
    "b2NhbGhvc3QACgkQ05uBgmrjq8P5YwEAvLjp0eKlxI727XC+WUSR+q7xmXiGAymQ\n"
    "WoVAwx/2jE0A/1paMeSB6BC66tzAgYKjiRPXkwSVUTMjj/GpZJ4AFLH9\n"
    "=r/Ll\n"
    "-----END PGP SIGNATURE-----\n";

static const char key_nistp256[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mFIEawibsRMIKoZIzj0DAQcCAwSdxEAmUu3UBOPaXMpBH2VhWHob5uwVZs1KWO/D\n"
    "5Fa2QFWVc4B1+WddJ4SnuhlEmQwRKjGLjLAi+VOwPEv76QGptB1uaXN0cDI1NiA8\n"
    "bmlzdHAyNTZAbG9jYWxob3N0PoiQBBMTCAA4FiEEez8JSsuZZsaYdV5hTFs3e6Jh\n"
    "OSIFAmsIm7ECGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQTFs3e6JhOSIj\n"
    "rAD/U92G9bUaQq70UMqYkTXzFU2w/iaaPno9vNrb4SYJGvwBAPO3TeXyaKAXyCew\n"
    "UZ0yZFQcxRbJCqE89N21E5cGy3U0\n"
    "=HzST\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char signature_nistp256[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iIkEABMIADEWIQR7PwlKy5lmxph1XmFMWzd7omE5IgUCawibsRMcbmlzdHAyNTZA\n"
    "bG9jYWxob3N0AAoJEExbN3uiYTkioUcBAL6ipLmt5fv4QKBxAsasl2LiW037Uc5F\n"
    "0KsicL4ubv7wAQCLe0Ve6xusuG2wKmO3b2S5CMt30UxV4E9R2RepxC50IA==\n"
    "=pxva\n"
    "-----END PGP SIGNATURE-----\n";

static const char key_nistp384[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mG8EawibsRMFK4EEACIDAwR+dbQrfe30XIStYVTKuaureFLZNr29RDkBtGg/FSTb\n"
    "39BUtIbdRj0UCwBJsJVf64oVTT7zl/exNBR+qoQuPAmGsD91ALzsN8BTmIr957Yk\n"
    "UFr5bY8SItKgsLOOuR1Jjpy0HW5pc3RwMzg0IDxuaXN0cDM4NEBsb2NhbGhvc3Q+\n"
    "iLAEExMJADgWIQTYhdSNiifgAONH022qdIKTbPuxcgUCawibsQIbAwULCQgHAgYV\n"
    "CgkICwIEFgIDAQIeAQIXgAAKCRCqdIKTbPuxcv60AYCElljVBr2aKmzTdgLWJDMy\n"
    "ACCnT5+uf9kVR/D6JZQrAIWVBRLIzIt7gVr7PKFxNoABf0Hm0EPZtVul30zOgj5q\n"
    "CwsNy3DMMQJoU5qjJ3uYPfKvvtOWZkWMhxMe4XaaaCP9PQ==\n"
    "=d0h3\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char signature_nistp384[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iKkEABMJADEWIQTYhdSNiifgAONH022qdIKTbPuxcgUCawibshMcbmlzdHAzODRA\n"
    "bG9jYWxob3N0AAoJEKp0gpNs+7Fy/D8Bf2hhp/fn1XpGSGC5kBWRnsm5CR3XVfqq\n"
    "bv2LWMU8pWQAvHcYSMu1S0esGUzFb7s28QF+M35D/lZ8nfquchGJMj50XGy4GQZs\n"
    "E/OzicjsUcNfZP1wtJRit1rbjUr+3+vXxh9K\n"
    "=UDp2\n"
    "-----END PGP SIGNATURE-----\n";

static const char key_nistp521[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mJMEawibshMFK4EEACMEIwQBgysZCCuc0d59ChEakDlbDvWI+qeE2nfxhSiizcEf\n"
    "hF4QkqLbZP2N5zxbBcqzUp/qNm9PVOHs9WmXLE6rLBcHQlIAspbXyXzgc+nYvCAD\n"
    "A65yTwKxpZwuMWVgfTQ/PuDLY9xVWe4F1eAonh9P3/SUw25g+HpEkWtILcXJdcmd\n"
    "KRf21nm0HW5pc3RwNTIxIDxuaXN0cDUyMUBsb2NhbGhvc3Q+iNQEExMKADgWIQTv\n"
    "CIZihq5hgFcraqP0nYqyXU1pRgUCawibsgIbAwULCQgHAgYVCgkICwIEFgIDAQIe\n"
    "AQIXgAAKCRD0nYqyXU1pRgHGAgkBPAgJn0OlB+hJ6TCiBVqTwQfmZd+/AohCYLCC\n"
    "3rxCw8yjPTL0j8jkkc3w+ChtLqTxFx5vK4RilTzY2LSlfK0yJ/4CCQEEYSkfWSoV\n"
    "TH36mONcY7PuOkl7oqd2om64Me3QEW0zs97E8ASuWrMXr87X4T1x/VLvFMh+adZ3\n"
    "bhCQoICBG+EvwQ==\n"
    "=Y/NL\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char signature_nistp521[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iMsEABMKADEWIQTvCIZihq5hgFcraqP0nYqyXU1pRgUCawibshMcbmlzdHA1MjFA\n"
    "bG9jYWxob3N0AAoJEPSdirJdTWlGeuoCBRT4h5aAPE2H+8jyMRJ6cAfmpWnhUoOL\n"
    "9AblV4H4P38DB4PqY5upy+sqC0us4XpWXdAhvgavkLrUjxLtSbpYE3lSAgjm772l\n"
    "MRQf/lvlxmi2e+fvE8AiZ96sWEGXAjPGnAjYLeTr0QJHoxiKmiOKJkamIZvvciZD\n"
    "0GD/pTjPoq9bvn4Qmg==\n"
    "=A0zf\n"
    "-----END PGP SIGNATURE-----\n";

static const char key_dsa224[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "xv8AAAMqBGsIm3cRCACb3KJJsT51SC+jVXc/bBJ6wH1jx3Vga2R5OkvUV6iZrRbUIsgcPfiT29X2\n"
    "TjN2ICRXlyPogiFllM5piITz/1LJt1pSl0UHvwK/Q0l/aGtaCDriXlZTiGZbCOLVJoZYntqtDmJZ\n"
    "luSECiDes8w5PXxNg26D2d7BMb2EyMPwLrcxOIxH2BJI+QIEwMHNIJTSp+ISCQt8kPCfogC4ypHC\n"
    "+uUI8ltKX+Q/LfZl0l82mizqHilH4xwWb6W/Vs1WZmRNUAxESnfIKe9Y4S7BsLOsDvAxAfAgeNzu\n"
    "kDHc6b2iWOoeTGo/GnZwbiZmf0PhQnBAYXcimApEGYgbcl73YRkT1FRvAOCCTQX6hkc4fnTVNblQ\n"
    "sLcRK2cZCcdZ3xG1qepdB/0aJFltWQNaODzL/xJUhY3+2wo0vUggP2kFwA7ew0Fcn++3iFPbXkoK\n"
    "DDo2cRM4dY0wBguSuN4q6uHwJI+VtNHVMLzanTUwS08VonWH7BDueI7OBX3Fcx4TLyStiP/QPE1b\n"
    "Gh5+Hd9p80rUHYQi017iGhS9FOLcE7ljiAjdTX1Fu+CncwIVWFoGyXIAvayyRsMX2p+KTIqE4qF3\n"
    "qC5nw0bdSJWyXL+p9eyy7lpp8NNdQKqlggbA2gm+MMryZIbdsMLWhg1RtDNAabYj8zRT4+89tXDz\n"
    "ii6+RfHprOu1Am36By7ruU78lK7WyruAZ/0pfBPJGeJBsc5jIh0vWJ59vWiqB/42nFCkEMCOhqrl\n"
    "9kr2inSxe2SvorAxQz6S0/C3Hj7jaPZwi157kZnCe8lfUZTAd90O9ZCA7p3xh/ASvs5kqXzmygEZ\n"
    "BePgYa2KzLixkECEJQDxb6vb0nVrcQbiCLtdkZBTYOwurfBaPeYPWftEv3fF5qoQYE+reJPrCvlf\n"
    "Ls0pWA1t6wulIPNiIFspn+NeKjK8whfmMG0KLV588ROeTZHZIJLDxzX9/3cYX8xfk9EdfmGJNqv/\n"
    "hiShHtRsbeLtQwng2MR6KwM6kG75PSbANZp2gfTMZ0yGCY+9Tvq9HhZ/3aSW21V+dTbLJ2mfwpo7\n"
    "XEj4LZA3NyTxhGrkYVMmr4JMzf8AAAATZHNhIDxkc2FAbG9jYWxob3N0PsL/AAAAcAQTEQgAIAUC\n"
    "awiblQIbAxYhBJpUnvDPyblc21QDv7x7eQTFcFTQAAoJELx7eQTFcFTQQKQA3RqB6sod2CQX1zOx\n"
    "orths7QTU0NyYUCqBXZJR84A3R/z5DLTlhYZ4fiKzGfv4GxD86xyvIscsVWt7KY=\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

static const char signature_dsa224[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "wv8AAABwBAARCAAgBQJrCJuVAhsDFiEEmlSe8M/JuVzbVAO/vHt5BMVwVNAACgkQvHt5BMVwVNBu\n"
    "SgDfa9jlVAX7ZFRYbLwUxu2Xr/69f/SSawAhcD3W8QDdH5y1UtMomCo5ofl+haOiQMoXpY5AQiru\n"
    "8wFUAw==\n"
    "-----END PGP SIGNATURE-----\n";
