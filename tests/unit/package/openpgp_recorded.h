/* Public keys and signatures of the text "data to sign\n", made by GnuPG 2.2. */
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
